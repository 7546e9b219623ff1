/** A repository on the configured server. */
export interface Repo {
  owner: string
  repo: string
}

export const nameOf = ({ owner, repo }: Repo): string => `${owner}/${repo}`

/*
 * The names GitHub and git allow. What is let through here ends in addresses and paths, so a name that is refused
 * is refused for good.
 */

/** A user or organisation; with an underscore where an enterprise manages its users. */
export const ownerPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$/

/** A repository; GitHub takes the end `.git` off, so a name never has it. */
export const repoPattern = /^(?!\.{1,2}$)(?!.*\.(?:git|wiki)$)[A-Za-z0-9._-]{1,100}$/i

/** `owner/repo`. */
export const fullNamePattern = new RegExp(
  `${ownerPattern.source.slice(0, -1)}/${repoPattern.source.slice(1)}`,
  'i',
)

/** A name that becomes one folder: no separators, no control characters, not `.` or `..`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it refuses
export const groupPattern = /^(?!\.)(?!-)[^/\\:*?"<>|\u0000-\u001f\u007f-\u009f]{1,100}$/u

/** Whether a repository's full name is one that GitHub could have given. */
export const isFullName = (owner: string, repo: string): boolean =>
  ownerPattern.test(owner) && repoPattern.test(repo)

export interface FullName {
  owner: string
  repo: string
}

/** `owner/repo`, or a repository's name alone, of the owner that is known otherwise. */
export function splitFullName(text: string, owner: string | null): FullName | null {
  const [first = '', second] = text.split('/')
  if (second !== undefined) return { owner: first, repo: second }
  return owner === null ? null : { owner, repo: first }
}

/** What git refuses anywhere in the name of a ref: https://git-scm.com/docs/git-check-ref-format */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it refuses
const refused = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/$|^\/|\.$|^-|^@$/

/** Whether it can be the short name of a branch or a tag, or a full commit id. */
export function isRefName(name: string): boolean {
  return (
    name !== '' &&
    Buffer.byteLength(name) <= 244 &&
    !refused.test(name) &&
    !name.startsWith('refs/') &&
    name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'))
  )
}

/** An index of plugins: `owner/repo` or `owner/repo:path`. */
export const indexPattern =
  /^([A-Za-z0-9][A-Za-z0-9_-]{0,38})\/([A-Za-z0-9._-]{1,100})(?::([^:\\]+))?$/
