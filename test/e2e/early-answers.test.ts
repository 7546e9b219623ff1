import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ended, startWizard } from '../support/wizard.js'

it.each(['100 Continue', '103 Early Hints'])(
  'an answer behind a %s is read',
  { tags: ['deep'] },
  async (early) => {
    const body = '{"ok":true}'
    const head = `content-type: application/json\r\ncontent-length: ${body.length}\r\n`
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', () => {
        socket.write(`HTTP/1.1 ${early}\r\n\r\n`)
        setImmediate(() => socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n${body}`))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const cwd = await mkdtemp(join(tmpdir(), 'early-'))
    onTestFinished(() => rm(cwd, { recursive: true }))
    const env = { GITHUB_API_URL: `http://127.0.0.1:${port}`, GH_TOKEN: 'ghp_0123456789abcdefghij' }
    const { status, json } = await ended(
      startWizard(['API', 'GET', '/anything', '--timeout', '20'], { cwd, env }),
    )
    expect([status, json]).toEqual([0, { ok: true }])
  },
)
