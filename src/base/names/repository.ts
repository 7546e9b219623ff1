import { UsageError } from '../errors.js'
import { oneLine } from '../text.js'

/*
 * GitHub's rules for the names of owners and repositories. Names end up in URLs and in local paths,
 * so they are parsed at the edge, and an invalid name goes no further.
 */

/** A repository on the configured server. */
export interface Repo {
  owner: string
  repo: string
}

/** `owner/repo`, as GitHub and people write it. */
export const fullNameOf = ({ owner, repo }: Repo): string => `${owner}/${repo}`

/**
 * Whether two names of owners, repositories, groups or components are equal; case does not count.
 */
export const isSameName = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase()

/** Whether two repositories of one server are the same. */
export const isSameRepo = (one: Repo, other: Repo): boolean =>
  isSameName(fullNameOf(one), fullNameOf(other))

/**
 * A user or an organization: at most 39 letters, digits and hyphens. Managed users have an
 * underscore before their enterprise's short code; old accounts may end in a hyphen or have two in
 * a row.
 * https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
 */
export const ownerPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$/

/** A repository in the API. Its name never ends in `.git`, which GitHub removes, or in `.wiki`. */
export const repoPattern = /^(?!\.{1,2}$)(?!.*\.(?:git|wiki)$)[A-Za-z0-9._-]{1,100}$/i

/** `owner/repo`. */
export const fullNamePattern = new RegExp(
  `${ownerPattern.source.slice(0, -1)}/${repoPattern.source.slice(1)}`,
  'i',
)

export const isOwnerName = (text: string): boolean => ownerPattern.test(text)

/**
 * Whether git can clone a repository of this name. `x.wiki` is the wiki of `x`; the API does not
 * list it.
 */
export const isRepoName = (text: string): boolean => repoPattern.test(text.replace(/\.wiki$/i, ''))

/** Whether `owner/repo` is a name that GitHub's API may return. */
export const isFullName = (repo: Repo): boolean => fullNamePattern.test(fullNameOf(repo))

/** Reads `owner/repo` or `owner/repo.git`, which GitHub treats alike. null for anything else. */
export function parseRepo(text: string): Repo | null {
  const [owner = '', name = '', ...more] = text.split('/')
  const repo = withoutGit(name)
  return more.length === 0 && isOwnerName(owner) && isRepoName(repo) ? { owner, repo } : null
}

/** Removes the `.git` at the end of an address. */
export const withoutGit = (name: string): string => name.replace(/\.git$/i, '')

/** @throws UsageError if the name is invalid: it could lead a request elsewhere */
export function checkedRepo(owner: string, repo: string): Repo {
  return parseRepo(`${owner}/${repo}`) ?? refuse(`${owner}/${repo}`, 'owner/repo')
}

/** @throws UsageError if the name of the user or organization is invalid */
export function checkedOwner(owner: string): string {
  return isOwnerName(owner) ? owner : refuse(owner, 'owner')
}

function refuse(name: string, expected: string): never {
  throw new UsageError(`not a valid ${expected}: ${oneLine(name, 100) || 'the empty name'}`, {
    hint: 'write it as on its page: letters, digits, -, _ and, in a repository, a dot',
  })
}

/**
 * Splits `owner/repo`; a bare repository name gets the default owner. null if there is no default.
 * Does not check the names.
 */
export function splitFullName(text: string, owner: string | null): Repo | null {
  const [first = '', second] = text.split('/')
  if (second !== undefined) return { owner: first, repo: second }
  return owner === null ? null : { owner, repo: first }
}

/** A name that becomes one folder: no separators, no control characters, not `.` or `..`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it refuses these characters
export const groupPattern = /^(?!\.)(?!-)[^/\\:*?"<>|\u0000-\u001f\u007f-\u009f]{1,100}$/u

/** A plugin index: `owner/repo` or `owner/repo:path`. */
export const indexPattern =
  /^([A-Za-z0-9][A-Za-z0-9_-]{0,38})\/((?!\.{1,2}(?:$|:))[A-Za-z0-9._-]{1,100})(?::([^:\\]+))?$/

/** Reads `owner/repo:path`; the default path is index.json. null for anything else. */
export function parseIndexName(text: string): (Repo & { path: string }) | null {
  const [, owner, repo, path = 'index.json'] = indexPattern.exec(text) ?? []
  return owner === undefined || repo === undefined ? null : { owner, repo: withoutGit(repo), path }
}
