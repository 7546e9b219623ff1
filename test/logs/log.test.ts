import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Log, openLog, writeLines } from '../../src/logs/log.js'
import { testClock } from '../support/clock.js'

let dir: string
const now = new Date(2026, 0, 14, 10, 0, 5).getTime()

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wizard-log-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

function open(where: string, onTrouble = (_message: string) => {}, clock = { now: () => now }) {
  return openLog({
    dir: where,
    keepDays: 30,
    clock: { ...testClock(), ...clock },
    redact: (text) => text.replaceAll('sesame', '***'),
  }).reportingTo(onTrouble)
}

describe('openLog', () => {
  it('writes a line as the specification shows it, readable by its owner alone', async () => {
    const logs = join(dir, 'memory', 'logs')
    open(logs).write('sync', 'INFO', 'Cloning uDOS/typo → /library/typo')
    const file = join(logs, 'github-sync-2026-01-14.log')
    expect(await readFile(file, 'utf8')).toBe(
      '[2026-01-14 10:00:05] [INFO] [SYNC] Cloning uDOS/typo → /library/typo\n',
    )
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(logs)).mode & 0o777).toBe(0o700)
  })

  it('keeps one entry on one line, without secrets and escape sequences', async () => {
    open(dir).write('api', 'ERROR', 'open sesame\n[2026-01-14 10:00:05] [INFO] \u001b[31mforged')
    expect(await readFile(join(dir, 'github-api-2026-01-14.log'), 'utf8')).toBe(
      '[2026-01-14 10:00:05] [ERROR] [API] open *** [2026-01-14 10:00:05] [INFO] forged\n',
    )
  })

  it('writes many lines as it writes each of them', async () => {
    const long = 'x'.repeat(5000)
    const log = open(dir)
    writeLines(log, 'releases', 'INFO', ['open sesame', 'two\nlines', long])
    const file = join(dir, 'github-releases-2026-01-14.log')
    const together = await readFile(file, 'utf8')
    await rm(file)
    for (const line of ['open sesame', 'two\nlines', long]) log.write('releases', 'INFO', line)
    expect(together).toBe(await readFile(file, 'utf8'))
    expect(together).toMatch(/open \*\*\*\n.* two lines\n.* x{3999}…\n$/)
  })

  it('gives many lines one by one to a log that takes no more', () => {
    const written: string[] = []
    const log: Log = { write: (_log, _level, message) => written.push(message) }
    writeLines(log, 'releases', 'INFO', ['one', 'two'])
    expect(written).toEqual(['one', 'two'])
  })

  it('removes its own files when they are older than the days to keep, and no others', async () => {
    const names = [
      'github-sync-2025-12-14.log',
      'github-sync-2025-12-15.log',
      'notes-2020-01-01.log',
    ]
    for (const name of names) await writeFile(join(dir, name), '')
    open(dir).write('sync', 'INFO', 'x')
    expect((await readdir(dir)).sort()).toEqual([
      'github-sync-2025-12-15.log',
      'github-sync-2026-01-14.log',
      'notes-2020-01-01.log',
    ])
  })

  it('is a warning, told once, when it cannot be written', async () => {
    await writeFile(join(dir, 'file'), '')
    const told: string[] = []
    const log = open(join(dir, 'file', 'logs'), (message) => told.push(message))
    log.write('sync', 'INFO', 'one')
    log.write('sync', 'INFO', 'two')
    expect(told).toHaveLength(1)
    expect(told[0]).toContain("can't write the log")
  })

  it('is written again once it can be, and a later failure is a warning of its own', async () => {
    const told: string[] = []
    const log = open(join(dir, 'logs'), (message) => told.push(message))
    await writeFile(join(dir, 'logs'), 'in its place')
    log.write('sync', 'INFO', 'lost')
    await rm(join(dir, 'logs'))
    log.write('sync', 'INFO', 'kept')
    await rm(join(dir, 'logs'), { recursive: true })
    await writeFile(join(dir, 'logs'), 'in its place again')
    log.write('sync', 'INFO', 'lost too')
    expect(told).toHaveLength(2)
    await rm(join(dir, 'logs'))
    log.write('sync', 'INFO', 'and kept')
    const [day] = await readdir(join(dir, 'logs'))
    expect(await readFile(join(dir, 'logs', day ?? ''), 'utf8')).toMatch(/ and kept\n$/)
  })

  it('cleans up again when the day changes', async () => {
    let time = now
    const log = open(dir, undefined, { now: () => time })
    log.write('sync', 'INFO', 'today')
    await writeFile(join(dir, 'github-api-2025-12-15.log'), '')
    time += 86_400_000
    log.write('sync', 'INFO', 'tomorrow')
    expect((await readdir(dir)).sort()).toEqual([
      'github-sync-2026-01-14.log',
      'github-sync-2026-01-15.log',
    ])
  })
})
