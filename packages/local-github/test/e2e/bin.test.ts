import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { gitText } from '../../src/index.js'
import { fourPorts } from '../ports.js'

const bin = resolve(import.meta.dirname, '../../bin/local-github.js')

let folder: string
let child: ChildProcessWithoutNullStreams | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-github-bin-'))
})

afterEach(async () => {
  child?.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** With its own temporary folder. */
function start(command: string, ...args: string[]): ChildProcessWithoutNullStreams {
  child = spawn(command, args, {
    env: { ...process.env, TMPDIR: folder },
    cwd: resolve(bin, '../..'),
  })
  return child
}

const addressesOf = async ({ stdout }: ChildProcessWithoutNullStreams) =>
  JSON.parse(String((await once(stdout, 'data'))[0]))

test.each(['SIGINT', 'SIGTERM'] as const)(
  'serves until %s, ends with 0, and leaves nothing',
  { tags: ['deep'] },
  async (signal) => {
    const server = start(process.execPath, bin, '--repo', 'uDOS/typo', '--json')
    const { git_url } = await addressesOf(server)
    expect(await gitText(['ls-remote', `${git_url}/uDOS/typo`])).toMatch(/\trefs\/heads\/main$/)
    expect(await readdir(folder)).not.toEqual([])
    server.kill(signal)
    expect(await once(server, 'exit')).toEqual([0, null])
    expect(await readdir(folder)).toEqual([])
  },
)

test('says what is wrong in one line, and ends with 2', { tags: ['deep'] }, async () => {
  const server = start(process.execPath, bin, '--port', 'x')
  const [err, [status]] = await Promise.all([text(server.stderr), once(server, 'exit')])
  expect([status, err.split('\n')]).toEqual([
    2,
    [expect.stringMatching(/^error/), expect.stringMatching(/^hint/), ''],
  ])
})

test('serves on when nobody reads what it printed', { tags: ['deep'] }, async () => {
  const server = start(process.execPath, bin, '--port', `${fourPorts}`)
  server.stdout.destroy()
  server.stderr.resume()
  const status = () => fetch(`http://127.0.0.1:${fourPorts}`).then(({ status }) => status, String)
  await expect.poll(status, { timeout: 20_000 }).toBe(200)
  // The first answer came after the addresses were written to the broken pipe.
  expect(await status()).toBe(200)
  server.kill('SIGTERM')
  expect(await once(server, 'exit')).toEqual([0, null])
})

test('ends with npx, which hands no signal on', { tags: ['deep'] }, async () => {
  const npx = start('npx', 'local-github', '--json')
  await addressesOf(npx)
  npx.kill('SIGTERM')
  await once(npx, 'exit')
  // npm keeps its own compiled code there, from Node 22 on.
  const left = async () => (await readdir(folder)).filter((name) => name !== 'node-compile-cache')
  await expect.poll(left, { timeout: 20_000 }).toEqual([])
})
