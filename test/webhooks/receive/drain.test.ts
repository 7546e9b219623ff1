import { type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { rolldown } from 'rolldown'
import { describe, expect, it, onTestFinished } from 'vitest'
import { rawConnection, type Serving, send, serve } from './serving.js'

describe('drain', () => {
  it('answers what is in hand, and accepts no connection any more', async () => {
    const serving = await serve()
    let open = () => {}
    const held = new Promise<void>((resolve) => {
      open = resolve
    })
    const isCommitting = new Promise<void>((resolve) => {
      serving.store.commit = () => {
        resolve()
        return held
      }
    })
    const answer = send(serving)
    await isCommitting
    const drained = serving.receiver.drain()
    await expect(send(serving)).rejects.toThrow(/ECONNREFUSED/)
    open()
    expect(await answer).toMatchObject({ status: 202, headers: { connection: 'close' } })
    await drained
    expect(serving.state.isDraining).toBe(true)
  })

  it('closes idle connections', async () => {
    const serving = await serve()
    const agent = new Agent({ keepAlive: true })
    await send(serving, { agent })
    const start = performance.now()
    await serving.receiver.drain()
    // They would be kept for 5 s.
    expect(performance.now() - start).toBeLessThan(2000)
    agent.destroy()
  })

  it('closes the last connections when its time is over', { tags: ['deep'] }, async () => {
    const serving = await serve()
    const { socket, closed } = rawConnection(serving)
    socket.write('POST /webhook HTTP/1.1\r\nX-Unfinished: ')
    await once(socket, 'ready')
    await send(serving)
    const start = performance.now()
    await serving.receiver.drain(1000)
    await closed
    // Its headers may take 4 s otherwise.
    expect(performance.now() - start).toBeLessThan(3000)
  })

  it('resets no kept connection on which requests still come', async () => {
    const serving = await serve()
    const answered: string[] = []
    const refused = await Promise.all(
      Array.from({ length: 16 }, (_, client) => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 })
        return loadUntilRefused(serving, `c${client}`, answered, agent)
      }),
    )
    expect(new Set(refused)).toEqual(new Set(['ECONNREFUSED']))
    expect(serving.store.kept).toHaveLength(answered.length)
  })

  it('under load loses no answer', { tags: ['deep'] }, async () => {
    const serving = await serve()
    const answered: string[] = []
    const refused = await Promise.all(
      Array.from({ length: 16 }, (_, client) => loadUntilRefused(serving, `c${client}`, answered)),
    )
    // What the system has queued for a socket that is closed is reset: nobody has read it.
    for (const code of refused) expect(code).toMatch(/^(?:ECONNREFUSED|ECONNRESET)$/)
    expect(serving.store.kept.map(({ delivery }) => delivery).sort()).toEqual(answered.sort())
  })
})

/** Drains once 200 are answered. @returns why the last one was not sent */
async function loadUntilRefused(
  serving: Serving,
  name: string,
  answered: string[],
  agent = new Agent(),
) {
  for (let count = 0; ; count++) {
    const id = `${name}-${count}`
    const sent = { body: `{"id":"${id}"}`, headers: { 'X-GitHub-Delivery': id }, agent }
    const answer = await send(serving, sent).catch((error: NodeJS.ErrnoException) => error)
    if (answer instanceof Error) return answer.code
    expect(answer.status).toBe(202)
    answered.push(id)
    if (answered.length === 200) void serving.receiver.drain()
  }
}

describe('an inherited socket', () => {
  it('outlives five restarts under load without a refused connection', {
    tags: ['deep'],
  }, async () => {
    const { port, started } = await holdSocket(await bundledChild())
    const answered: string[] = []
    let isOver = false
    const load = async (name: string) => {
      for (let count = 0; !isOver; count++) {
        const id = `${name}-${count}`
        const sent = { body: `{"id":"${id}"}`, headers: { 'X-GitHub-Delivery': id } }
        expect((await send({ port }, sent)).status).toBe(202)
        answered.push(id)
      }
    }
    const clients = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(load)
    const restart = async () => {
      const pid = await started()
      const until = answered.length + 50
      while (answered.length < until) await Promise.race([nextTurn(), ...clients])
      return pid
    }
    const pids = new Set<number>()
    for (let restarts = 0; restarts < 5; restarts++) {
      const pid = await restart()
      pids.add(pid)
      process.kill(pid, 'SIGTERM')
    }
    pids.add(await restart())
    isOver = true
    await Promise.all(clients)
    expect(pids.size).toBe(6)
  })
})

/** Starts the child with the socket as its fd 3, and again as long as it ends well. */
const restarting = `while sh -c 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" "$1"' "$0" "$1"; do :; done`

/** A shell that holds a socket as systemd does, and what it starts. */
async function holdSocket(child: string) {
  const socket = createServer().listen(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address() as AddressInfo
  const { fd } = (socket as unknown as { _handle: { fd: number } })._handle
  const stdio: StdioOptions = ['ignore', 'pipe', 'inherit', fd]
  const shell = spawn('/bin/sh', ['-c', restarting, process.execPath, child], { stdio })
  socket.close()
  const starts = createInterface({ input: shell.stdout as Readable })[Symbol.asyncIterator]()
  let pid = 0
  onTestFinished(() => {
    shell.kill('SIGKILL')
    process.kill(pid, 'SIGTERM')
  })
  const started = async () => {
    pid = Number((await starts.next()).value)
    return pid
  }
  return { port, started }
}

async function bundledChild(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wizard-restart-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'child.mjs')
  const input = join(import.meta.dirname, 'restart-child.ts')
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' })
  await bundle.write({ file, format: 'esm', codeSplitting: false })
  await bundle.close()
  return file
}
