import { PathError } from '../../base/errors.js'
import { type Repo, splitFullName } from '../../base/names/repository.js'
import { unknownPlaceholder } from '../schema/fields.js'
import type { ReposFile, RepositoryValues, SourceValues } from '../schema/repos.js'
import type { ConfigDocument } from '../yaml/document.js'
import { type Fault, formatKeyPath, type Path, type Position } from '../yaml/place.js'
import {
  destinationOf,
  fillIn,
  findOverlaps,
  type Overlap,
  placeholders,
  usualDestination,
} from './destinations.js'

interface Place {
  root: string
  owner: string | null
  group: string
  path: Path
  document: ConfigDocument<ReposFile>
}

/**
 * The entries of repos.yaml in file order, with absolute destinations that do not overlap.
 *
 * @throws ConfigError, PathError
 */
export async function readRepos(
  document: ConfigDocument<ReposFile>,
  { root, owner }: { root: string; owner: string | null },
): Promise<RepoEntry[]> {
  const faults: Fault[] = []
  const entries: { entry: RepoEntry; path: Path }[] = []
  for (const [group, list] of Object.entries(document.value.repos)) {
    for (const [index, values] of list.entries()) {
      const path = ['repos', group, index]
      const place = { root, owner, group, path, document }
      const entry =
        values.from === undefined ? repositoryOf(values, place) : sourceOf(values, place)
      if ('message' in entry) faults.push(entry)
      else entries.push({ entry, path })
    }
  }
  document.refuse([...faults, ...(await overlaps(entries, root))])
  return entries.map(({ entry }) => entry)
}

function repositoryOf(values: RepositoryValues, place: Place): RepositoryEntry | Fault {
  const name = nameOf(values, place)
  if ('message' in name) return name
  const template = values.destination ?? usualDestination
  const path = [...place.path, 'destination']
  const wrong = wrongPlaceholder(template, path)
  if (wrong) return wrong
  const destination = resolved(path, () =>
    destinationOf(place.root, fillIn(template, { ...name, group: place.group })),
  )
  if (typeof destination !== 'string') return destination
  return { kind: 'repository', ...name, destination, ...optionsOf(values, place) }
}

function nameOf({ owner, repo }: RepositoryValues, place: Place): Repo | Fault {
  if (owner !== undefined && repo.includes('/')) {
    return {
      path: [...place.path, 'repo'],
      message: 'expected NAME, because owner is set beside it',
    }
  }
  return (
    splitFullName(repo, owner ?? place.owner) ?? {
      path: [...place.path, 'repo'],
      message: 'has no owner; expected OWNER/NAME, or an owner beside it, or github.owner',
    }
  )
}

function sourceOf(values: SourceValues, place: Place): SourceEntry | Fault {
  const { from, match, exclude, topics, visibility, archived, forks } = values
  const destination = values.destination ?? usualDestination
  const path = [...place.path, 'destination']
  const wrong = wrongPlaceholder(destination, path) ?? withoutRepo(destination, path)
  if (wrong) return wrong
  // A sample name shows where the template leads.
  const sample = fillIn(destination, { owner: from, repo: 'x', group: place.group })
  const inside = resolved(path, () => destinationOf(place.root, sample))
  if (typeof inside !== 'string') return inside
  const filters = { match, exclude, topics, visibility, archived, forks }
  return { kind: 'source', from, ...filters, destination, ...optionsOf(values, place) }
}

const optionsOf = (values: RepositoryValues | SourceValues, { group, path, document }: Place) => ({
  group,
  branch: values.branch,
  autoPull: values.auto_pull,
  pullSchedule: values.pull_schedule,
  depth: values.depth,
  lfs: values.lfs,
  submodules: values.submodules,
  onDiverged: values.on_diverged,
  position: document.position(path),
})

function wrongPlaceholder(template: string, path: Path): Fault | undefined {
  const wrong = unknownPlaceholder(template, placeholders)
  if (wrong === undefined) return undefined
  return { path, message: `{${wrong}} is unknown; expected {owner}, {repo} or {group}` }
}

const withoutRepo = (template: string, path: Path): Fault | undefined =>
  template.includes('{repo}')
    ? undefined
    : { path, message: 'expected {repo} in it, because each repository needs its own folder' }

function resolved(path: Path, find: () => string): string | Fault {
  try {
    return find()
  } catch (error) {
    if (!(error instanceof PathError)) throw error
    return { path, message: error.message, hint: error.remedy, escapes: true }
  }
}

async function overlaps(
  entries: { entry: RepoEntry; path: Path }[],
  root: string,
): Promise<Fault[]> {
  const placed = entries.flatMap(({ entry, path }) =>
    entry.kind === 'repository' ? [{ entry, path }] : [],
  )
  const found = await findOverlaps(placed, ({ entry }) => entry.destination, root)
  return found.map(({ item, other, how }) => {
    return {
      path: [...item.path, 'destination'],
      message: `${item.entry.destination} ${relations[how]} the destination of ${formatKeyPath(other.path)} in line ${other.entry.position.line}`,
      hint: 'give each repository a folder of its own',
    }
  })
}

const relations = {
  same: 'is the same folder as',
  inside: 'is inside',
  around: 'contains',
} satisfies Record<Overlap<unknown>['how'], string>

export interface EntryOptions {
  group: string
  /** A branch, or a pin: a tag or a full commit id. undefined: the repository's default branch. */
  branch?: string | undefined
  autoPull: boolean
  /** A cron expression, in local time. */
  pullSchedule?: string | undefined
  /** The number of commits to clone; undefined: all. */
  depth?: number | undefined
  /** Whether files of Git LFS get their content. */
  lfs: boolean
  /** Whether submodules get their files. */
  submodules: boolean
  onDiverged: 'block' | 'backup'
  position: Position
}

/** One repository. */
export interface RepositoryEntry extends EntryOptions {
  kind: 'repository'
  owner: string
  repo: string
  /** Absolute, inside ROOT. */
  destination: string
}

/** Every repository of an organization or user that passes the filters. */
export interface SourceEntry extends EntryOptions {
  kind: 'source'
  from: string
  /** Globs for names; one must match. */
  match: string[]
  /** Globs for names; none may match. */
  exclude: string[]
  /** Topics; a repository must have one of them. Empty: no filter. */
  topics: string[]
  /** undefined: no filter; likewise for the two below. */
  visibility?: 'public' | 'private' | 'internal' | undefined
  archived?: boolean | undefined
  forks?: boolean | undefined
  /** With `{repo}`, optionally `{owner}` and `{group}`: see expandDestination. */
  destination: string
}

export type RepoEntry = RepositoryEntry | SourceEntry
