import { reportError } from '../../base/error-report.js'
import { PathError } from '../../base/errors.js'
import { fullNameOf, isSameName } from '../../base/names/repository.js'
import { expandDestination, findOverlaps } from '../../config/files/destinations.js'
import type { RepoEntry, SourceEntry } from '../../config/files/repos.js'
import type { GitHubClient } from '../../github/client.js'
import { emptyEntry, type SyncEntry } from '../report.js'
import type { SyncState } from '../state.js'
import type { Listed } from './source.js'
import { type SyncTarget, wantedFrom } from './sync-target.js'

/** The targets of repos.yaml, with `from:` entries resolved. */
export interface Expanded {
  wanted: SyncTarget[]
  /**
   * One for each `from:` entry whose listing failed. They are reported like any other failure, and
   * the rest continues.
   */
  failures: { source: string; entry: SyncEntry }[]
}

/** Lists the repositories of a `from:` entry. */
export type Lister = (entry: SourceEntry) => Promise<Listed[]>

export const onGitHub =
  (client: GitHubClient): Lister =>
  async (entry) => {
    const { listSource } = await import('./source.js')
    return listSource(client, entry)
  }

/** For runs without requests: the repositories that an earlier run listed, by name. */
export const fromMemory =
  (state: SyncState): Lister =>
  async (entry) => {
    const { nameMatcher } = await import('../../config/names/matches-name.js')
    const passes = nameMatcher(entry)
    return state
      .entries()
      .flatMap(([, { repo: fullName, source, id }]) => {
        const [owner = '', repo = ''] = fullName.split('/')
        const isOf = source !== null && isSameName(source, entry.from) && passes(repo)
        return isOf ? [{ id, owner, repo }] : []
      })
      .sort((one, other) => one.repo.localeCompare(other.repo))
  }

/**
 * Explicit entries win over the listing of a `from:` entry; if two listings overlap, the first one
 * wins.
 */
export async function expandEntries(
  list: Lister,
  root: string,
  entries: RepoEntry[],
): Promise<Expanded> {
  const wanted = entries.filter((entry) => entry.kind === 'repository').map(wantedFrom)
  const failures: Expanded['failures'] = []
  const taken = new Set(wanted.map(keyOf))
  for (const entry of entries) {
    if (entry.kind !== 'source') continue
    try {
      for (const one of await expandSource(list, root, entry)) {
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
  if (entries.every(({ kind }) => kind === 'repository')) return { wanted, failures }
  const { apart, overlapping } = await splitOverlapping(wanted, root)
  return { wanted: apart, failures: [...failures, ...overlapping] }
}

/**
 * Entries of repos.yaml were checked when it was read, but a listed repository may still overlap
 * another one.
 */
async function splitOverlapping(wanted: SyncTarget[], root: string) {
  const overlaps = await findOverlaps(wanted, ({ path }) => path, root)
  const second = new Map(overlaps.map(({ item, other }) => [item, other]))
  return {
    apart: wanted.filter((one) => !second.has(one)),
    overlapping: [...second].map(([item, other]) => ({
      source: item.source ?? item.owner,
      entry: failedEntry(
        item,
        new PathError(`${item.path} is also the destination of ${fullNameOf(other)}`),
      ),
    })),
  }
}

const keyOf = (one: { owner: string; repo: string }) => fullNameOf(one).toLowerCase()

async function expandSource(list: Lister, root: string, entry: SourceEntry): Promise<SyncTarget[]> {
  return (await list(entry)).map(({ owner, repo, skip }) => ({
    owner,
    repo,
    group: entry.group,
    path: expandDestination(root, entry, { owner, repo }),
    branch: entry.branch,
    autoPull: entry.autoPull,
    pullSchedule: entry.pullSchedule,
    depth: entry.depth,
    lfs: entry.lfs,
    submodules: entry.submodules,
    onDiverged: entry.onDiverged,
    source: entry.from,
    skip,
  }))
}

const failedEntry = (
  place: Pick<SyncTarget, 'owner' | 'repo' | 'group' | 'path' | 'branch'>,
  error: unknown,
): SyncEntry => ({ ...emptyEntry(place), status: 'failed', error: reportError(error) })

/**
 * Where repos.yaml would put a repository: by explicit entries first, then by `from:` entries whose
 * owner and names match. The other filters are not checked, because that needs GitHub.
 */
export async function placesOf(
  entries: readonly RepoEntry[],
  root: string,
  { owner, repo }: { owner: string; repo: string },
): Promise<string[]> {
  const own = entries.flatMap((entry) =>
    entry.kind === 'repository' && isSameName(entry.owner, owner) && isSameName(entry.repo, repo)
      ? [entry.destination]
      : [],
  )
  const sources = entries.filter(
    (entry) => entry.kind === 'source' && isSameName(entry.from, owner),
  ) as SourceEntry[]
  if (sources.length === 0) return own
  const { matchesName } = await import('../../config/names/matches-name.js')
  const listed = sources
    .filter((entry) => matchesName(entry, repo))
    .map((entry) => expandDestination(root, entry, { owner, repo }))
  return [...own, ...listed]
}
