import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Clock, systemClock } from '../../src/base/clock.js'
import { LockedError } from '../../src/base/errors.js'
import { identify, type ProcessIdentity } from '../../src/process/identity.js'
import { acquireLock } from '../../src/process/lock.js'
import { testClock } from '../support/clock.js'

let dir: string
let path: string
let self: ProcessIdentity
let sleeper: ChildProcess | undefined

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wizard-lock-'))
  path = join(dir, 'lock')
  self = await identify(process.pid)
})

afterEach(async () => {
  sleeper?.kill('SIGKILL')
  await rm(dir, { recursive: true, force: true })
})

const take = (owner: ProcessIdentity, clock: Clock = systemClock, wait = 0) =>
  acquireLock({ clock, self: owner }, { path, command: 'REPO SYNC', wait })

/** Another process, alive until it is killed. */
async function otherProcess(): Promise<ProcessIdentity> {
  sleeper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  return identify(sleeper.pid ?? 0)
}

async function kill(): Promise<void> {
  const ended = new Promise((resolve) => sleeper?.once('exit', resolve))
  sleeper?.kill('SIGKILL')
  await ended
}

describe('acquireLock', () => {
  it('is taken by one, given back, and leaves nothing behind', async () => {
    const lock = await take(self)
    await expect(take(self)).rejects.toThrow(LockedError)
    await lock.release()
    const again = await take(self)
    await again.release()
    expect(await readdir(dir)).toEqual([])
  })

  it('stays with a living holder that is busy for long', { tags: ['deep'] }, async () => {
    await take(await otherProcess())
    await expect(take(self, testClock(), 1200_000)).rejects.toThrow(
      /another wizard is running: REPO SYNC/,
    )
  })

  it('is waited for exactly as long as asked', async () => {
    await take(await otherProcess())
    const clock = testClock()
    await expect(take(self, clock, 5000)).rejects.toThrow(LockedError)
    expect(clock.seconds()).toBe(5)
  })

  it('is taken over from a process that was killed', async () => {
    const other = await otherProcess()
    await take(other)
    await kill()
    const lock = await take(self)
    expect(JSON.parse((await readlink(path)).replace('wizard:', ''))).toMatchObject({
      pid: process.pid,
    })
    await lock.release()
    expect(await readdir(dir)).toEqual([])
  })

  it('is taken over when the number now belongs to another process', async () => {
    await take({ ...(await otherProcess()), started: '1' })
    await expect(take(self)).resolves.toBeDefined()
  })

  it('is taken over after a restart of the machine', async () => {
    await take({ ...(await otherProcess()), boot: 'another boot' })
    await expect(take(self)).resolves.toBeDefined()
  })

  it("is never taken over from another host's process", { tags: ['deep'] }, async () => {
    await take({ ...self, host: 'elsewhere.example', pid: 1, started: '1', boot: 'x' })
    await expect(take(self, testClock(), 1200_000)).rejects.toThrow(
      /process 1 on elsewhere.example/,
    )
  })

  it('is not taken over when it does not say whose it is', { tags: ['deep'] }, async () => {
    await writeFile(path, '')
    await expect(take(self, testClock(), 1200_000)).rejects.toThrow(/does not say by whom/)
  })

  it('goes to exactly one of many that find the same dead holder', async () => {
    const other = await otherProcess()
    await take(other)
    await kill()
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => take(self)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('stops waiting when the signal is aborted', async () => {
    await take(await otherProcess())
    const stop = new AbortController()
    const waiting = acquireLock(
      { clock: systemClock, self, signal: stop.signal },
      { path, command: 'REPO SYNC', wait: 60_000 },
    )
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})
