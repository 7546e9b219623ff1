import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { identify } from '../../../src/process/identity.js'
import { endLeftBuild, recordingBuild } from '../../../src/releases/pipeline/left-build.js'
import type { ReleaseEvent } from '../../../src/releases/session.js'
import { temporaryFolder } from '../../git/support/real-git.js'
import { testClock } from '../../support/clock.js'
import { testHost } from '../../support/host.js'

let folder: string
let record: string
let warnings: string[]
beforeEach(() => {
  folder = temporaryFolder()
  record = join(folder, 'core.build')
  warnings = []
})

const session = () => ({
  clock: testClock(),
  host: testHost(folder),
  emit: (event: ReleaseEvent) => void (event.type === 'warning' && warnings.push(event.message)),
})

const until = (what: () => boolean) => vi.waitUntil(what, { interval: 10, timeout: 20_000 })

/** A process group like that of a build, which writes `there` when it is at work. */
async function startBuild(line: string): Promise<ChildProcess & { pid: number }> {
  const script = `${line}; touch there; while :; do sleep 0.05; done`
  const build = spawn('/bin/sh', ['-c', script], { cwd: folder, stdio: 'ignore', detached: true })
  const { pid } = build
  if (pid === undefined) throw new Error('there is no shell')
  onTestFinished(() => void build.kill('SIGKILL'))
  await until(() => existsSync(join(folder, 'there')))
  return Object.assign(build, { pid })
}

describe('endLeftBuild', () => {
  it.each([
    ['politely', 'true', 'SIGTERM'],
    ['by force where it does not listen', 'trap "" TERM', 'SIGKILL'],
  ])('ends it %s', async (_name, line, signal) => {
    const build = await startBuild(line)
    const gone = once(build, 'exit')
    writeFileSync(record, JSON.stringify(await identify(build.pid)))
    await endLeftBuild(session(), record)
    expect(await gone).toEqual([null, signal])
    expect(warnings).toEqual([
      `ending the build of a killed run, which is still running (${build.pid})`,
    ])
    expect(existsSync(record)).toBe(false)
  })

  it('leaves a later process with its number in peace', async () => {
    const other = await startBuild('true')
    const identity = { ...(await identify(other.pid)), started: '1' }
    writeFileSync(record, JSON.stringify(identity))
    await endLeftBuild(session(), record)
    expect([other.exitCode, other.signalCode, warnings]).toEqual([null, null, []])
    expect(existsSync(record)).toBe(false)
  })

  it.each(['', '{"pid":', undefined])('finds nothing to end in %j', async (text) => {
    if (text !== undefined) writeFileSync(record, text)
    await endLeftBuild(session(), record)
    expect([existsSync(record), warnings]).toEqual([false, []])
  })
})

describe('recordingBuild', () => {
  it('names the group while it runs, and not afterwards', async () => {
    const running = recordingBuild(record, async (started) => {
      await started(process.pid)
      expect(JSON.parse(readFileSync(record, 'utf8'))).toEqual(await identify(process.pid))
      throw new Error('failed')
    })
    await expect(running).rejects.toThrow('failed')
    expect(existsSync(record)).toBe(false)
  })
})
