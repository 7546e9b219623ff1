import { UsageError } from '../errors.js'
import { oneLine } from '../text.js'

/*
 * What GitHub lets owners and repositories be called. Names end up in addresses and in paths of this machine, so they are
 * parsed where they come in, and what is not a name goes no further.
 */

/** A repository on the configured server. */
export interface Repo {
  owner: string
  repo: string
}

/** `owner/repo`, as GitHub and people write it. */
export const fullNameOf = ({ owner, repo }: Repo): string => `${owner}/${repo}`

/** Whether two names of owners, repositories, groups or components are the same one: their case does not count. */
export const isSameName = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase()

/** Whether two repositories of one server are the same one. */
export const isSameRepo = (one: Repo, other: Repo): boolean =>
  isSameName(fullNameOf(one), fullNameOf(other))

/**
 * A user or an organisation: at most 39 letters, digits and hyphens, and an underscore before the short code of an
 * enterprise that manages its users. Old accounts end in a hyphen, or have two in a row.
 * https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
 */
export const ownerPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$/

/** A repository that the API knows. Its name never ends in `.git`, which GitHub takes off, nor in `.wiki`. */
export const repoPattern = /^(?!\.{1,2}$)(?!.*\.(?:git|wiki)$)[A-Za-z0-9._-]{1,100}$/i

/** `owner/repo`. */
export const fullNamePattern = new RegExp(
  `${ownerPattern.source.slice(0, -1)}/${repoPattern.source.slice(1)}`,
  'i',
)

export const isOwnerName = (text: string): boolean => ownerPattern.test(text)

/** Whether git can clone a repository of that name; `x.wiki` is the wiki of `x`, which the API does not know. */
export const isRepoName = (text: string): boolean => repoPattern.test(text.replace(/\.wiki$/i, ''))

/** Whether `owner/repo` is a name that GitHub's API could have given. */
export const isFullName = (repo: Repo): boolean => fullNamePattern.test(fullNameOf(repo))

/** Reads `owner/repo`, or `owner/repo.git`, which GitHub takes for the same. null for anything else. */
export function parseRepo(text: string): Repo | null {
  const [owner = '', name = '', ...more] = text.split('/')
  const repo = withoutGit(name)
  return more.length === 0 && isOwnerName(owner) && isRepoName(repo) ? { owner, repo } : null
}

/** Without the `.git` that addresses have at their end. */
export const withoutGit = (name: string): string => name.replace(/\.git$/i, '')

/** @throws UsageError where GitHub can have no repository of that name: it could lead a request elsewhere. */
export function checkedRepo(owner: string, repo: string): Repo {
  return parseRepo(`${owner}/${repo}`) ?? refuse(`${owner}/${repo}`, 'owner/repo')
}

/** @throws UsageError where GitHub can have no user or organisation of that name. */
export function checkedOwner(owner: string): string {
  return isOwnerName(owner) ? owner : refuse(owner, 'owner')
}

function refuse(name: string, expected: string): never {
  throw new UsageError(`${oneLine(name, 100) || 'the empty name'} is no ${expected}`, {
    hint: 'write it as on its page: letters, digits, -, _ and, in a repository, a dot',
  })
}

/** `owner/repo`, or a repository's name with the owner that is used without one; null where there is none. Not checked. */
export function splitFullName(text: string, owner: string | null): Repo | null {
  const [first = '', second] = text.split('/')
  if (second !== undefined) return { owner: first, repo: second }
  return owner === null ? null : { owner, repo: first }
}

/** A name that becomes one folder: no separators, no control characters, not `.` or `..`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it refuses
export const groupPattern = /^(?!\.)(?!-)[^/\\:*?"<>|\u0000-\u001f\u007f-\u009f]{1,100}$/u

/** A file that lists plugins: `owner/repo` or `owner/repo:path`. */
export const indexPattern =
  /^([A-Za-z0-9][A-Za-z0-9_-]{0,38})\/((?!\.{1,2}(?:$|:))[A-Za-z0-9._-]{1,100})(?::([^:\\]+))?$/

/** Reads `owner/repo:path`; without a path it is index.json. null for anything else. */
export function parseIndexName(text: string): (Repo & { path: string }) | null {
  const [, owner, repo, path = 'index.json'] = indexPattern.exec(text) ?? []
  return owner === undefined || repo === undefined ? null : { owner, repo: withoutGit(repo), path }
}
