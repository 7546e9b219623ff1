import { ConfigError, ConflictError, NotFoundError, UsageError } from '../../base/errors.js'
import { parseRemote } from '../../base/names/remote.js'
import { isSameName, isSameRepo, parseRepo } from '../../base/names/repository.js'
import type { Config } from '../load.js'
import { readText } from '../locate/read-text.js'
import {
  appendRepos,
  firstEntries,
  insertEntries,
  type NewYamlEntry,
  removeEntry,
} from '../yaml/splice.js'
import { rewrite } from '../yaml/write.js'
import { destinationOf, fillIn, usualDestination } from './destinations.js'
import type { RepoEntry, RepositoryEntry } from './repos.js'

export interface NewRepository {
  /** Created if missing. */
  group: string
  owner: string
  repo: string
  /** As written in repos.yaml; undefined: the default. */
  destination?: string | undefined
  branch?: string | undefined
}

export interface Edited {
  /** `owner/repo`. */
  repo: string
  group: string
  /** Its destination, absolute. */
  path: string
  /** The edited file, absolute. */
  file: string
}

/**
 * Adds an entry to repos.yaml, or a single file, at the end of its group, and keeps every other byte.
 * Creates repos.yaml if missing. Does not write a text that would not load.
 *
 * @throws ConflictError if the entry exists; ConfigError, PathError if it would not be valid, or the
 *   file is JSON
 */
export async function addRepository(config: Config, added: NewRepository): Promise<Edited> {
  refuseTwice(await config.repos(), added, pathOf(config, added))
  const [edited] = await addRepositories(config, added.group, [added])
  return edited as Edited
}

/**
 * Adds entries to one group, in one write. @throws as addRepository, but not for a repository that
 * another entry names, too
 */
export async function addRepositories(
  config: Config,
  group: string,
  added: Omit<NewRepository, 'group'>[],
): Promise<Edited[]> {
  const file = config.fileFor('repos')
  const edited = added.map(({ owner, repo, ...one }) => {
    const path = pathOf(config, { owner, repo, ...one, group })
    return { repo: `${owner}/${repo}`, group, path, file }
  })
  if (edited.length === 0) return []
  const written = added.map(entryOf)
  if (isJson(config)) {
    const texts = written.map((entry) => JSON.stringify(entry)).join(', ')
    throw jsonFile(file, `add ${texts} to repos.${group}`)
  }
  const { before, after } = textsOf(config, group, written)
  if (after === null) throw notOurs(file, 'add the entry by hand')
  const paths = new Set(edited.map(({ path }) => path))
  const now = await config.reposIn(after)
  const others = now.filter((one) => one.kind === 'source' || !paths.has(one.destination))
  if (now.length !== others.length + added.length || !areSame(others, await config.repos())) {
    throw notOurs(file, 'add the entry by hand')
  }
  await rewrite({ path: file, before, after })
  return edited
}

const pathOf = (config: Config, added: NewRepository): string =>
  destinationOf(config.root, fillIn(added.destination ?? usualDestination, added))

/**
 * Removes an entry from repos.yaml: by `owner/repo`, address, bare name or destination.
 *
 * @throws NotFoundError if there is none; UsageError if there are several; ConfigError if the file
 *   is JSON
 */
export async function removeRepository(config: Config, target: string): Promise<Edited> {
  const entries = await config.repos()
  const entry = findEntry(entries, target)
  const { group, destination: path } = entry
  const file = config.fileFor('repos')
  if (isJson(config)) throw jsonFile(file, `remove the entry in line ${entry.position.line}`)
  const before = readText(file)
  const index = entries.filter((one) => one.group === group).indexOf(entry)
  const after = removeEntry(before, group, index)
  const rest = after === null ? null : await config.reposIn(after)
  const expected = entries.filter((one) => one !== entry)
  if (after === null || rest === null || !areSame(rest, expected)) {
    throw notOurs(file, `remove line ${entry.position.line} by hand`)
  }
  await rewrite({ path: file, before, after })
  return { repo: `${entry.owner}/${entry.repo}`, group, path, file }
}

function textsOf(config: Config, group: string, entries: NewYamlEntry[]) {
  const file = config.fileFor('repos')
  if (config.files.repos !== undefined) {
    const before = readText(file)
    return { before, after: insertEntries(before, group, entries) }
  }
  if (config.single === null) return { before: null, after: firstEntries(group, entries) }
  const before = readText(file)
  return { before, after: appendRepos(before, group, entries) }
}

const isJson = ({ single }: Config): boolean => single?.endsWith('.json') === true

const jsonFile = (file: string, hint: string) =>
  new ConfigError(`${file} is JSON, which wizard does not edit`, { hint: `${hint} by hand` })

function entryOf(added: Omit<NewRepository, 'group'>): NewYamlEntry {
  const { owner, repo, destination, branch } = added
  const entry: NewYamlEntry = { owner, repo }
  if (destination !== undefined) entry.destination = literal(destination)
  if (branch !== undefined) entry.branch = literal(branch)
  return entry
}

/** A folder or a branch may have `${` in its name. */
const literal = (text: string) => text.replaceAll('${', () => '$${')

const areSame = (some: RepoEntry[], others: RepoEntry[]) =>
  some.length === others.length &&
  some.every((one, index) => isSame(one, others[index] as RepoEntry))

/** Compares everything except the position. */
function isSame(one: RepoEntry, other: RepoEntry): boolean {
  const text = (entry: RepoEntry) => JSON.stringify({ ...entry, position: null })
  return text(one) === text(other)
}

const notOurs = (file: string, hint: string) =>
  new ConfigError(
    `${file} is written in a way that wizard can't edit without changing other lines`,
    {
      hint,
    },
  )

/** A second entry must name its own destination. */
function refuseTwice(
  entries: RepoEntry[],
  { owner, repo, destination }: NewRepository,
  path: string,
): void {
  const name = `${owner}/${repo}`
  const entry = repositories(entries).find(
    (one) => matches(one, name) && (destination === undefined || one.destination === path),
  )
  if (entry === undefined) return
  const { file, line } = entry.position
  throw new ConflictError(
    `${name} is already in ${file}, in line ${line}, with the destination ${entry.destination}`,
    {
      hint: 'give another destination to add it twice',
    },
  )
}

function findEntry(entries: RepoEntry[], target: string): RepositoryEntry {
  const [found, ...more] = repositories(entries).filter((entry) => matches(entry, target))
  if (found === undefined) throw nothingNamed(entries, target)
  if (more.length === 0) return found
  const paths = [found, ...more].map(({ destination }) => destination).join(', ')
  throw new UsageError(`${target} has ${more.length + 1} entries, with the destinations ${paths}`, {
    hint: 'name it by its destination',
  })
}

const repositories = (entries: RepoEntry[]) =>
  entries.filter((entry) => entry.kind === 'repository')

function matches(entry: RepositoryEntry, target: string): boolean {
  if (entry.destination === target || isSameName(entry.repo, target)) return true
  const named = parseRemote(target) ?? parseRepo(target)
  return named !== null && isSameRepo(entry, named)
}

function nothingNamed(entries: RepoEntry[], target: string): NotFoundError {
  const names = repositories(entries).map(({ owner, repo }) => `${owner}/${repo}`)
  return new NotFoundError(`repos.yaml has no entry for ${target}`, {
    hint:
      names.length > 0
        ? `known repositories: ${names.slice(0, 12).join(', ')}`
        : 'it lists no repositories',
  })
}
