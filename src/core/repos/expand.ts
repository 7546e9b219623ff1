import { expandDestination, findOverlaps } from '../config/destinations.js'
import type { RepoEntry, SourceEntry } from '../config/types.js'
import { PathError, reportError } from '../errors.js'
import type { GitHubClient } from '../github/client.js'
import { listSource } from '../github/source.js'
import { emptyEntry } from './report.js'
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
      const place = {
        owner: entry.from,
        repo: '*',
        group: entry.group,
        path: root,
        branch: entry.branch,
      }
      failures.push({ source: entry.from, entry: failedEntry(place, error) })
    }
  }
  const { apart, overlapping } = await tellOverlapping(wanted, root)
  return { wanted: apart, failures: [...failures, ...overlapping] }
}

/** Entries of repos.yaml were checked when it was read; what a listing brings in may still land on another one. */
async function tellOverlapping(wanted: Wanted[], root: string) {
  const overlaps = await findOverlaps(wanted, ({ path }) => path, root)
  const second = new Map(overlaps.map(({ item, other }) => [item, other]))
  return {
    apart: wanted.filter((one) => !second.has(one)),
    overlapping: [...second].map(([item, other]) => ({
      source: item.source ?? item.owner,
      entry: failedEntry(
        item,
        new PathError(`${item.path} is also the place of ${fullNameOf(other)}`),
      ),
    })),
  }
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

const failedEntry = (
  place: Pick<Wanted, 'owner' | 'repo' | 'group' | 'path' | 'branch'>,
  error: unknown,
): SyncEntry => ({ ...emptyEntry(place), status: 'failed', error: reportError(error) })
