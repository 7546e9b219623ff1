import { expandDestination } from '../config/destination.js'
import type { RepoEntry, SourceEntry } from '../config/types.js'
import { reportError } from '../errors.js'
import type { GitHubClient } from '../github/client.js'
import { listSource } from '../github/source.js'
import type { SyncEntry } from './types.js'
import { fullNameOf, type Wanted, wantedFrom } from './wanted.js'

/** What repos.yaml names, its `from:` entries resolved. */
export interface Expanded {
  wanted: Wanted[]
  /** One for each `from:` entry whose listing failed: told as any other failure, and the rest goes on. */
  failures: { source: string; entry: SyncEntry }[]
}

/** Explicit entries win over what a `from:` entry lists; of two that list the same, the first wins. */
export async function expandEntries(
  client: GitHubClient,
  root: string,
  entries: RepoEntry[],
): Promise<Expanded> {
  const wanted = entries.filter((entry) => entry.kind === 'repository').map(wantedFrom)
  const failures: Expanded['failures'] = []
  const taken = new Set(wanted.map(keyOf))
  for (const entry of entries) {
    if (entry.kind !== 'source') continue
    try {
      for (const one of await expandSource(client, root, entry)) {
        if (taken.has(keyOf(one))) continue
        taken.add(keyOf(one))
        wanted.push(one)
      }
    } catch (error) {
      failures.push({ source: entry.from, entry: failedListing(entry, root, error) })
    }
  }
  return { wanted, failures }
}

const keyOf = (one: { owner: string; repo: string }) => fullNameOf(one).toLowerCase()

async function expandSource(
  client: GitHubClient,
  root: string,
  entry: SourceEntry,
): Promise<Wanted[]> {
  const listed = await listSource(client, entry)
  return listed.map(({ owner, repo, skip }) => ({
    owner,
    repo,
    group: entry.group,
    path: expandDestination(root, entry, { owner, repo }),
    branch: entry.branch,
    autoPull: entry.autoPull,
    pullSchedule: entry.pullSchedule,
    depth: entry.depth,
    onDiverged: entry.onDiverged,
    source: entry.from,
    skip,
  }))
}

function failedListing(entry: SourceEntry, root: string, error: unknown): SyncEntry {
  return {
    repo: `${entry.from}/*`,
    group: entry.group,
    path: root,
    branch: entry.branch ?? null,
    status: 'failed',
    from: null,
    to: null,
    bytes: 0,
    duration_ms: 0,
    reason: null,
    error: reportError(error),
    warnings: [],
  }
}
