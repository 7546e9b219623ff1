import pLimit from 'p-limit'

import type { ErrorReport } from '../../base/error-report.js'

import { fullNameOf } from '../../base/names/repository.js'
import { inspectFolder } from '../inspect.js'
import type { SyncEntry } from '../report.js'
import type { SyncTarget } from './sync-target.js'

/** What repos.yaml names, and where. */
export interface LocalListing {
  repo: string
  group: string | null
  /** Absolute. */
  path: string
  /** null: the repository's default branch. */
  branch: string | null
  auto_pull: boolean
  pull_schedule: string | null
  /** Whether the repository exists locally. */
  present: boolean
  /** Why a `from:` entry could not be resolved, or why its folder can't be read. */
  error: ErrorReport | null
}

export function listLocal(wanted: SyncTarget[]): Promise<LocalListing[]> {
  const limit = pLimit(16)
  return Promise.all(wanted.map((one) => limit(() => listingOf(one))))
}

async function listingOf(one: SyncTarget): Promise<LocalListing> {
  const local = await inspectFolder(one.path)
  return {
    repo: fullNameOf(one),
    group: one.group,
    path: one.path,
    branch: one.branch ?? null,
    auto_pull: one.autoPull,
    pull_schedule: one.pullSchedule ?? null,
    present: local.kind === 'repository',
    error: local.kind === 'unreadable' ? local.error : null,
  }
}

/** The row of a `from:` entry whose listing failed. */
export const unlisted = ({ repo, group, path, branch, error }: SyncEntry): LocalListing => ({
  repo,
  group,
  path,
  branch,
  auto_pull: true,
  pull_schedule: null,
  present: false,
  error,
})
