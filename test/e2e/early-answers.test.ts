import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { ended, startWizard } from '../support/wizard.js'

/** Runs `API GET` against a server that answers each request as `answer` does. */
async function ask(answer: (socket: Socket) => void, env: Record<string, string> = {}) {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => answer(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const cwd = await mkdtemp(join(tmpdir(), 'early-'))
  onTestFinished(() => rm(cwd, { recursive: true }))
  const given = { GITHUB_API_URL: `http://127.0.0.1:${port}`, GH_TOKEN: 'ghp_0123456789abcdefghij' }
  const argv = ['API', 'GET', '/anything', '--timeout', '20']
  return ended(startWizard(argv, { cwd, env: { ...given, ...env } }))
}

it.each(['100 Continue', '103 Early Hints'])(
  'an answer behind a %s is read',
  { tags: ['deep'] },
  async (early) => {
    const body = '{"ok":true}'
    const head = `content-type: application/json\r\ncontent-length: ${body.length}\r\n`
    const { status, json } = await ask((socket) => {
      socket.write(`HTTP/1.1 ${early}\r\n\r\n`)
      setImmediate(() => socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n${body}`))
    })
    expect([status, json]).toEqual([0, { ok: true }])
  },
)

it('a 100 without end is no answer', { tags: ['deep'] }, async () => {
  const endless = async (socket: Socket) => {
    while (!socket.destroyed) {
      socket.write('HTTP/1.1 100 Continue\r\n\r\n')
      await nextTurn()
    }
  }
  const { status, err } = await ask(endless, { WIZARD_TIMEOUT: '0.5', WIZARD_RETRY_ATTEMPTS: '0' })
  expect([status, err]).toEqual([6, expect.stringMatching(/^error: .*: no answer for too long\n/m)])
})
