import type { SyncEntry, SyncReport } from './types.js'

export interface Counts {
  durationMs: number
  apiRequests: number
  /** Those of other shards, which are skipped but not listed. */
  elsewhere: number
}

export function reportOf(
  repositories: SyncEntry[],
  { durationMs, apiRequests, elsewhere }: Counts,
): SyncReport {
  const outcomes = repositories.map(({ status, planned }) => status ?? planned)
  const count = (...wanted: (typeof outcomes)[number][]) =>
    outcomes.filter((one) => wanted.includes(one)).length
  const failed = count('failed', 'blocked')
  const skipped = count('skipped')
  return {
    total: repositories.length + elsewhere,
    succeeded: repositories.length - failed - skipped,
    failed,
    skipped: skipped + elsewhere,
    duration_ms: durationMs,
    api_requests: apiRequests,
    repositories,
  }
}
