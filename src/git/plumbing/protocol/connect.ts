import { GitHubError } from '../../../base/errors.js'
import type { Git } from '../../git.js'
import { advertisement } from './advertisement.js'
import { lsRefs } from './ls-refs.js'
import type { Remote } from './remote-refs.js'

/**
 * Tries version 2 at once, and the older protocol, which begins with a GET, only if the server does
 * not understand it.
 *
 * @throws GitHubAuthError, GitHubNotFoundError, GitHubRateLimitError, GitHubNetworkError,
 *   GitHubError
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

/** Excludes the subclasses: they know what is wrong, and another protocol would not help. */
const isMisunderstanding = (error: unknown) =>
  error instanceof GitHubError && error.code === 'GITHUB'
