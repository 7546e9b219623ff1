import { GitHubError } from '../../../base/errors.js'
import type { Git } from '../../git.js'
import type { Oid } from '../objects/object.js'
import { advertisement, type Capabilities } from './advertisement.js'
import { lsRefs } from './ls-refs.js'

export interface Advertised extends RemoteRefs {
  /** In an empty repository, the full name of the branch its HEAD waits for, where the server tells. */
  unborn: string | null
}

/** A repository on a server, what it offers, and how to ask it for more. */
export type Remote = Advertised & { /** After redirects. */ url: string } & (
    | { version: 2 }
    | { version: 0; capabilities: Capabilities }
  )

/**
 * Asks by version 2 at once; only where that is not understood, by the older way round, which begins with a GET.
 *
 * @throws GitHubAuthError, GitHubNotFoundError, GitHubRateLimitError, GitHubNetworkError, GitHubError
 */
export async function connect(git: Git, url: string, prefixes: string[]): Promise<Remote> {
  try {
    return await lsRefs(git, url, prefixes, true)
  } catch (error) {
    if (!isMisunderstanding(error)) throw error
  }
  const { version, ...remote } = await advertisement(git, url, prefixes)
  if (version === 0) return { version, ...remote }
  return lsRefs(git, remote.url, prefixes, remote.capabilities.has('ls-refs=unborn'))
}

/** Not one of the classes below it: those say what is wrong, and asking otherwise would not help. */
const isMisunderstanding = (error: unknown) =>
  error instanceof GitHubError && error.code === 'GITHUB'

export interface RemoteRef {
  /** The object it names: a tag object's id for an annotated tag. */
  oid: Oid
  /** The commit an annotated tag leads to. */
  peeled?: Oid
}

export interface RemoteRefs {
  /** The full name of the branch HEAD stands for; null where the repository is empty or its HEAD is detached. */
  head: string | null
  /** By full name (`refs/heads/main`). */
  refs: Map<string, RemoteRef>
}
