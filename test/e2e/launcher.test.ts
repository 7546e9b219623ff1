import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { ProgramLauncher } from '../../src/webhooks/runs/launcher.js'
import { testHost } from '../support/host.js'

let folder: string
let launcher: ProgramLauncher
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wizard-launcher-'))
  launcher = open(false)
})
afterEach(async () => {
  await launcher.close()
  await rm(folder, { recursive: true, force: true })
})

const open = (isLeased: boolean) =>
  new ProgramLauncher({
    host: testHost(folder),
    clock: systemClock,
    isLeased,
    file: pathToFileURL(resolve('dist/cli/launcher.cjs')),
  })

const never = new AbortController().signal

function run(line: string, signal = never) {
  const body = Buffer.from('{"a":1}')
  const env = { PATH: process.env.PATH ?? '' }
  const cmd = ['/bin/sh', '-c', line]
  return launcher.run({ cmd, dir: folder, env, body, stdin: true }, signal)
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The pid that a program has written. */
const pidIn = (name: string) =>
  vi.waitFor(
    async () => {
      const pid = Number(await readFile(join(folder, name), 'utf8'))
      expect(pid).toBeGreaterThan(1)
      return pid
    },
    { timeout: 10_000, interval: 20 },
  )

describe('the launcher of programs', () => {
  it('gives them their input, and says how they ended', async () => {
    const { exit, output } = await run('cat; echo; echo err >&2; exit 3')
    expect([exit, output.toString()]).toEqual([3, expect.stringMatching(/\{"a":1\}\n/)])
    await expect(
      launcher.run(
        { cmd: ['/nonexistent'], dir: folder, env: {}, body: Buffer.alloc(0), stdin: false },
        never,
      ),
    ).rejects.toThrow(/can't run/)
  })

  it('has nothing of the environment of the process that starts it', async () => {
    const { output } = await run('tr "\\0" "\\n" < /proc/$PPID/environ')
    const names = output
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0] ?? '')
    expect(
      names.filter(
        (name) => !['TMPDIR', 'NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE'].includes(name),
      ),
    ).toEqual([])
  })

  it('ends one at its signal', { tags: ['deep'] }, async () => {
    const stop = new AbortController()
    const ended = run('echo $$ > pid; sleep 600', stop.signal)
    const pid = await pidIn('pid')
    stop.abort(new Error('enough'))
    await expect(ended).rejects.toThrow('enough')
    expect(isAlive(pid)).toBe(false)
  })

  it('ends all when it is closed, and another starts with the next', {
    tags: ['deep'],
  }, async () => {
    const ended = run('echo $$ > pid; sleep 600').catch((error: Error) => error.message)
    const pid = await pidIn('pid')
    await launcher.close()
    expect(await ended).toMatch(/has ended/)
    expect(isAlive(pid)).toBe(false)
    expect((await run('exit 0')).exit).toBe(0)
  })
})

it('a program whose lease nobody can renew is ended before another machine runs it', {
  tags: ['deep'],
}, async () => {
  let isStopped = false
  // As a process that was stopped: its timers do nothing any more.
  const clock = {
    ...systemClock,
    after: (milliseconds: number, act: () => void) =>
      systemClock.after(milliseconds, () => isStopped || act()),
  }
  const file = pathToFileURL(resolve('dist/cli/launcher.cjs'))
  launcher = new ProgramLauncher({ host: testHost(folder), clock, isLeased: true, file })
  const ended = run('echo $$ > pid; sleep 600').catch((error: Error) => error.message)
  const pid = await pidIn('pid')
  isStopped = true
  const begun = performance.now()
  await ended
  expect(isAlive(pid)).toBe(false)
  expect(performance.now() - begun).toBeLessThan(30_000)
})
