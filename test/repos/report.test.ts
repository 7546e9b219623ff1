import { describe, expect, it } from 'vitest'
import { logMarks } from '../../src/logs/marks.js'
import { formatSyncEntry, formatSyncReport } from '../../src/repos/describe.js'
import { emptyEntry, reportOf, type SyncEntry, type SyncReport } from '../../src/repos/report.js'

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
    [{ status: 'failed' }, '❌ typo: failed'],
    [
      {
        status: 'blocked',
        reason: 'dirty',
        error: { code: 'CONFLICT', message: 'a.txt is changed', hint: null },
      },
      '❌ typo: blocked, dirty: a.txt is changed',
    ],
    [
      { status: 'unchanged', warnings: ['lfs', 'filter'] },
      '✅ typo unchanged (2222222, main branch); note: lfs, filter',
    ],
    [{ status: 'unchanged', to: null, branch: null }, '✅ typo unchanged (nothing)'],
    [{ planned: 'clone' }, 'typo would be cloned → /srv/typo'],
    [{ planned: 'pull', to: null }, 'typo would be pulled (1111111..nothing)'],
    [{ planned: 'skipped', reason: 'not-due' }, '➖ typo skipped: not-due'],
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

describe('formatSyncReport', () => {
  const counts = (total: number, failed = 0, skipped = 0): SyncReport => ({
    ...reportOf([], { durationMs: 1, apiRequests: 2, elsewhere: 0 }),
    ...{ total, failed, skipped, succeeded: total - failed - skipped },
  })
  it.each([
    ['clone', counts(5), 'Summary: 5/5 repos cloned successfully'],
    ['pull', counts(5, 1), 'Summary: 4/5 repos pulled successfully (1 failed or blocked)'],
    ['sync', counts(5, 0, 2), 'Summary: 3/5 repos in step (2 skipped)'],
    [
      'reset',
      counts(5, 1, 2),
      'Summary: 2/5 repos at their remote (1 failed or blocked, 2 skipped)',
    ],
    ['sync', counts(0), 'Summary: 0/0 repos in step'],
  ] as const)('%s', (mode, report, line) => {
    expect(formatSyncReport(mode, report)).toBe(line)
  })
})

it('emptyEntry is at its place, and nothing happened to it yet', () => {
  const place = { owner: 'uDOS', repo: 'typo', group: null, path: '/srv/typo' }
  const { from, to, error, reason, branch } = emptyEntry(place)
  expect([from, to, error, reason, branch]).toEqual([null, null, null, null, null])
  expect(emptyEntry({ ...place, branch: 'v1' })).toMatchObject({ repo: 'uDOS/typo', branch: 'v1' })
})

it('reportOf counts a dry run by what is planned', () => {
  const planned = (['clone', 'pull', 'unchanged', 'skipped', 'blocked', 'failed'] as const).map(
    (one) => ({ ...entry, planned: one }),
  )
  const counts = { durationMs: 1, apiRequests: 2, elsewhere: 0 }
  const report = reportOf(planned, counts)
  expect(report).toMatchObject({ total: 6, succeeded: 3, failed: 2, skipped: 1 })
  expect(report.repositories).toEqual(planned)
})
