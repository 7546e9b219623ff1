import { describe, expect, it } from 'vitest'
import { logMarks } from '../../src/logs/marks.js'
import { formatSyncEntry } from '../../src/repos/describe.js'
import { reportOf, type SyncEntry } from '../../src/repos/report.js'

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
    expect(formatSyncEntry({ ...entry, ...change }, logMarks)).toBe(line)
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
