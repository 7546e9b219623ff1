import { fullNameOf } from '../base/names/repository.js'
import type { Wanted } from './targets/sync-target.js'
import type { SyncEntry, SyncReport } from './types.js'

/** The entry of a repository that nothing has become of yet. */
export const emptyEntry = (
  place: Pick<Wanted, 'owner' | 'repo' | 'group' | 'path' | 'branch'>,
): SyncEntry => ({
  repo: fullNameOf(place),
  group: place.group,
  path: place.path,
  branch: place.branch ?? null,
  from: null,
  to: null,
  bytes: 0,
  duration_ms: 0,
  reason: null,
  error: null,
  warnings: [],
})

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
