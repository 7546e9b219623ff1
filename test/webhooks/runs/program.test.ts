import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Clock, systemClock } from '../../../src/base/clock.js'
import { UsageError } from '../../../src/base/errors.js'
import { grace } from '../../../src/process/group.js'
import { runProgram } from '../../../src/webhooks/runs/program.js'
import { testClock } from '../../support/clock.js'
import { testHost } from '../../support/host.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wizard-program-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
})

const env = { PATH: process.env.PATH ?? '' }

interface Given {
  body?: Buffer
  stdin?: boolean
  signal?: AbortSignal
  clock?: Clock
}

function run(cmd: string[], given: Given = {}) {
  const { body = Buffer.from('{}'), stdin = true, clock = systemClock } = given
  const { signal = new AbortController().signal } = given
  const parts = { host: testHost(folder), clock, signal }
  return runProgram({ cmd, dir: folder, env, body, stdin }, parts)
}
const shell = (line: string, given = {}) => run(['/bin/sh', '-c', line], given)

describe('a program', () => {
  it('gets the bytes on its standard input and in a file of its own, which goes with it', async () => {
    const body = Buffer.from([0, 255, 10, 13, 0])
    const line =
      'cat > in; cat "$WIZARD_PAYLOAD" > file; stat -c %a "$WIZARD_PAYLOAD"; echo "$WIZARD_PAYLOAD"'
    const { exit, output } = await shell(line, { body })
    const [mode, path = ''] = output.toString().split('\n')
    expect([exit, mode]).toEqual([0, '600'])
    expect(await readFile(join(folder, 'in'))).toEqual(body)
    expect(await readFile(join(folder, 'file'))).toEqual(body)
    expect(existsSync(path)).toBe(false)
  })

  it('gets 25 MiB, which no argument could hold', async () => {
    const body = Buffer.alloc(25 * 1024 * 1024, 'x')
    const { output } = await shell('wc -c; wc -c < "$WIZARD_PAYLOAD"', { body })
    expect(output.toString()).toBe(`${body.length}\n${body.length}\n`)
  })

  it('need not read its input', async () => {
    const body = Buffer.alloc(1024 * 1024)
    expect(await run(['true'], { body })).toMatchObject({ exit: 0 })
    expect(await run(['cat'], { stdin: false })).toMatchObject({ exit: 0 })
  })

  it('sees only the given variables', async () => {
    const { output } = await run(['env'])
    const names = output
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0])
    expect(names.sort()).toEqual(['PATH', 'WIZARD_PAYLOAD'])
  })

  it.each([
    ['exit 3', { exit: 3, signal: null }],
    ['kill -9 $$', { exit: null, signal: 'SIGKILL' }],
  ])('that fails says how: %s', async (line, end) => {
    expect(await shell(line)).toMatchObject(end)
  })

  it('that gets more than the system takes is said, and is not tried again', async () => {
    const ended = run(['true', 'x'.repeat(3_000_000)])
    await expect(ended).rejects.toThrow(UsageError)
    await expect(ended).rejects.toThrow(/too long/)
  })

  it('that is not there is said', async () => {
    await expect(run(['/nonexistent/program'])).rejects.toThrow(/can't run/)
  })

  it('that prints 100 MB is not kept but for the end', { tags: ['deep'] }, async () => {
    const before = process.memoryUsage().rss
    const { output } = await shell('head -c 100000000 /dev/zero | tr "\\0" x; echo; echo the end')
    expect(output.length).toBeLessThanOrEqual(64 * 1024)
    expect(output.toString()).toMatch(/x\nthe end\n$/)
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  })
})

describe('the group of a program', () => {
  const isAlive = (pid: number) => {
    try {
      process.kill(pid, 0)
      return true
    } catch {
      return false
    }
  }
  const pidIn = async (name: string) => Number(await readFile(join(folder, name), 'utf8'))
  const isWritten = async (name: string) => (await pidIn(name).catch(() => 0)) > 0

  it('ends with it, also what was left in the background', { tags: ['deep'] }, async () => {
    await shell('sleep 600 & echo $! > pid')
    expect(isAlive(await pidIn('pid'))).toBe(false)
  })

  it('ends by itself at the signal if it listens', async () => {
    const stop = new AbortController()
    const clock = testClock()
    const line = `trap 'echo heard > heard; exit 0' TERM; echo $$ > pid; while :; do sleep 0.01; done`
    const ended = shell(line, { signal: stop.signal, clock })
    await expect.poll(() => isWritten('pid')).toBe(true)
    stop.abort(new Error('enough'))
    await expect(ended).rejects.toThrow('enough')
    expect(await readFile(join(folder, 'heard'), 'utf8')).toBe('heard\n')
    expect(clock.limits()).toEqual([])
  })

  it('is killed five seconds after a signal that it ignores', { tags: ['deep'] }, async () => {
    const stop = new AbortController()
    const clock = testClock()
    const line = `trap "" TERM; sh -c 'trap "" TERM; echo $$ > pid; while :; do sleep 1; done'`
    const ended = shell(line, { signal: stop.signal, clock })
    const rejection = expect(ended).rejects.toThrow('enough')
    await expect.poll(() => isWritten('pid')).toBe(true)
    const pid = await pidIn('pid')
    stop.abort(new Error('enough'))
    await clock.pass(grace - 1)
    expect(isAlive(pid)).toBe(true)
    await clock.pass(1)
    await rejection
    // The system may take seconds to remove the last of it.
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
  })

  it('is left by a daemon, whose output nobody waits for longer than a second', async () => {
    const clock = testClock()
    const ended = shell('setsid sh -c "echo \\$\\$ > pid; exec sleep 600" & echo started', {
      clock,
    })
    await expect.poll(() => isWritten('pid')).toBe(true)
    const daemon = await pidIn('pid')
    onTestFinished(() => void process.kill(daemon))
    await expect.poll(() => clock.limits()).toEqual([1000])
    await clock.pass(1000)
    expect(await ended).toMatchObject({ exit: 0, output: Buffer.from('started\n') })
  })
})
