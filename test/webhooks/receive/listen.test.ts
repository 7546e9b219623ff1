import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstat, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { UsageError } from '../../../src/base/errors.js'
import { inheritedSocket } from '../../../src/webhooks/receive/listen.js'
import { freePort, send, serve } from './serving.js'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'wizard-listen-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

const listenAt = (path: string) => serve({}, { place: { type: 'unix', path } })

describe('a port', () => {
  it('is named in the address', async () => {
    const serving = await serve()
    expect(serving.receiver.address).toBe(`127.0.0.1:${serving.port}`)
    const port = await freePort()
    const six = await serve({}, { place: { type: 'tcp', host: '::1', port } })
    expect(six.receiver.address).toBe(`[::1]:${port}`)
  })

  it('that is taken is an error, with a hint', async () => {
    const { port } = await serve()
    const second = serve({}, { place: { type: 'tcp', host: '127.0.0.1', port } })
    await expect(second).rejects.toThrow(UsageError)
    await expect(second).rejects.toThrow(`127.0.0.1:${port} is already in use`)
    await expect(second).rejects.toMatchObject({ hint: expect.stringContaining('another port') })
  })

  it('of an address that this machine does not have is an error', async () => {
    const place = { type: 'tcp', host: '192.0.2.1', port: 8787 } as const
    await expect(serve({}, { place })).rejects.toThrow(/this machine does not have the address/)
  })
})

describe('a Unix socket', () => {
  it('belongs to its user and group, is answered, and goes with the receiver', async () => {
    const socketPath = join(await folder(), 'hook.sock')
    const serving = await listenAt(socketPath)
    expect(serving.receiver.address).toBe(`unix:${socketPath}`)
    expect((await lstat(socketPath)).mode & 0o777).toBe(0o660)
    expect((await send(serving, { socketPath })).status).toBe(202)
    await serving.receiver.drain()
    await expect(lstat(socketPath)).rejects.toThrow(/ENOENT/)
  })

  it('believes its proxy', async () => {
    const socketPath = join(await folder(), 'hook.sock')
    const serving = await serve(
      { allow: ['192.0.2.0/24'] },
      { place: { type: 'unix', path: socketPath } },
    )
    const from = (address: string) =>
      send(serving, { socketPath, headers: { 'X-Forwarded-For': address } })
    expect((await from('192.0.2.1')).status).toBe(202)
    expect((await from('198.51.100.1')).status).toBe(403)
    expect((await send(serving, { socketPath })).status).toBe(403)
  })

  it('that a killed process left behind is replaced', async () => {
    const socketPath = join(await folder(), 'hook.sock')
    const code = `require('net').createServer().listen(${JSON.stringify(socketPath)}, () => process.kill(process.pid, 'SIGKILL'))`
    await once(spawn(process.execPath, ['-e', code]), 'exit')
    expect((await lstat(socketPath)).isSocket()).toBe(true)
    const serving = await listenAt(socketPath)
    expect((await send(serving, { socketPath })).status).toBe(202)
  })

  it('at which somebody listens is taken', async () => {
    const path = join(await folder(), 'hook.sock')
    const first = await listenAt(path)
    await expect(listenAt(path)).rejects.toThrow(`${path} is already in use`)
    expect((await send(first, { socketPath: path })).status).toBe(202)
  })

  it('does not replace a file', async () => {
    const path = join(await folder(), 'notes.txt')
    await writeFile(path, 'mine')
    await expect(listenAt(path)).rejects.toThrow(`${path} is not a socket`)
    expect((await lstat(path)).size).toBe(4)
  })

  it('in a folder that does not exist is an error', async () => {
    const path = join(await folder(), 'none', 'hook.sock')
    await expect(listenAt(path)).rejects.toThrow(UsageError)
  })
})

describe('inheritedSocket', () => {
  it.each([
    [{}, null],
    [{ LISTEN_FDS: '1' }, null],
    [{ LISTEN_FDS: '1', LISTEN_PID: '8' }, null],
    [{ LISTEN_FDS: '0', LISTEN_PID: '7' }, null],
    [{ LISTEN_PID: '7' }, null],
    [
      { LISTEN_FDS: '1', LISTEN_PID: '7' },
      { type: 'inherited', fd: 3 },
    ],
  ])('of %j: %j', (env, place) => {
    expect(inheritedSocket(env, 7)).toEqual(place)
  })

  it('takes one socket only', () => {
    expect(() => inheritedSocket({ LISTEN_FDS: '2', LISTEN_PID: '7' }, 7)).toThrow(
      /hands over 2 sockets, but SERVE takes one/,
    )
  })

  it('that is not a socket is an error', async () => {
    const file = await open(import.meta.filename)
    onTestFinished(() => file.close())
    const place = { type: 'inherited', fd: file.fd } as const
    await expect(serve({}, { place })).rejects.toThrow(/socket that systemd hands over/)
  })
})
