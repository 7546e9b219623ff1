import { describe, expect, it } from 'vitest'
import { formatBytes } from '../../src/base/text.js'
import { formatSyncEntry } from '../../src/repos/describe.js'
import { reportOf, type SyncEntry } from '../../src/repos/report.js'
import { dueAt } from '../../src/repos/schedule/due.js'
import { isInShard } from '../../src/repos/targets/resolve.js'

describe('dueAt', () => {
  const at = (day: number, hour: number, minute = 0) =>
    new Date(2026, 0, day, hour, minute).getTime()
  it.each([
    ['never tried', '0 0 * * *', null, at(14, 10), true],
    ['tried since', '0 0 * * *', at(14, 0, 1), at(14, 10), false],
    ['fell due since', '0 0 * * *', at(13, 23, 59), at(14, 0, 0), true],
    ['many times since', '*/5 * * * *', at(1, 0), at(14, 10), true],
    ['the clock was set back', '0 0 * * *', at(20, 0), at(14, 10), true],
    ['a day that comes no more', '0 0 30 2 *', at(13, 0), at(14, 10), false],
  ])('%s', (_name, schedule, last, now, expected) => {
    expect(dueAt(now)(schedule, last)).toBe(expected)
  })
})

describe('shards', () => {
  it('puts each name into exactly one of them, whatever its case', () => {
    const names = Array.from({ length: 300 }, (_, index) => `uDOS/repo-${index}`)
    const sizes = [1, 2, 3, 4].map(
      (index) => names.filter((name) => isInShard({ index, count: 4 }, name)).length,
    )
    expect(sizes.reduce((sum, size) => sum + size)).toBe(300)
    expect(Math.min(...sizes)).toBeGreaterThan(40)
    expect(isInShard({ index: 1, count: 4 }, 'uDOS/repo-1')).toBe(
      isInShard({ index: 1, count: 4 }, 'UDOS/REPO-1'),
    )
  })
})

const entry: SyncEntry = {
  repo: 'uDOS/typo',
  group: null,
  path: '/srv/typo',
  branch: 'main',
  from: '1'.repeat(40),
  to: '2'.repeat(40),
  bytes: 1_234_567,
  duration_ms: 5,
  reason: null,
  error: null,
  warnings: [],
}

describe('formatSyncEntry', () => {
  it.each<[Partial<SyncEntry>, string]>([
    [{ status: 'cloned' }, '✅ typo cloned (1.2 MB, main branch)'],
    [{ status: 'cloned', branch: null, warnings: ['lfs'] }, '✅ typo cloned (1.2 MB); note: lfs'],
    [{ status: 'updated' }, '✅ typo updated (1111111..2222222, 1.2 MB, main branch)'],
    [{ status: 'skipped', reason: 'missing' }, '➖ typo skipped: missing'],
    [
      {
        status: 'failed',
        error: { code: 'GITHUB_NETWORK', message: 'Network timeout after 30s', hint: null },
      },
      '❌ typo: Network timeout after 30s',
    ],
  ])('%j', (change, line) => {
    expect(formatSyncEntry({ ...entry, ...change })).toBe(line)
  })
})

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 kB'],
    [1_258_291, '1.2 MB'],
    [1_048_000, '1023 kB'],
    [1_048_575, '1.0 MB'],
    [5 * 1024 ** 4, '5.0 TB'],
  ])('%d', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})

describe('reportOf', () => {
  it('counts blocked ones as failed, and other shards as skipped', () => {
    const repositories: SyncEntry[] = (
      ['cloned', 'updated', 'unchanged', 'blocked', 'failed', 'skipped'] as const
    ).map((status) => ({ ...entry, status }))
    expect(reportOf(repositories, { durationMs: 1, apiRequests: 2, elsewhere: 3 })).toMatchObject({
      total: 9,
      succeeded: 3,
      failed: 2,
      skipped: 4,
      api_requests: 2,
    })
  })
})
