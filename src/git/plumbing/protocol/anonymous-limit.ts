import { GitHubRateLimitError } from '../../../base/errors.js'
import { remotePlace } from '../../../base/names/remote.js'
import { oneLine } from '../../../base/text.js'
import type { HttpRequest, Policy } from '../../../http/message.js'
import type { StreamedAnswer } from '../../../http/send.js'
import type { Git } from '../../git.js'

/*
 * At busy times GitHub refuses git's requests without a credential for a while (since autumn 2026):
 * by an `ERR` packet in words, or by the 401 that it also answers for what is private or missing.
 */

/** Seconds until the next try, because GitHub names no time. */
const pause = 60

/** GitHub limits requests with a credential much less. */
export const withToken = 'a token lifts the limit: set GITHUB_TOKEN, or run `gh auth login`'

/** Where the API shows the repository as public, a 401 passes as a 429 with a time to wait. */
export const recogniseAnonymousLimit =
  (git: Git): Policy<HttpRequest, StreamedAnswer> =>
  (next) =>
  async (request) => {
    const { url } = request
    const answer = await next(request)
    const isAnonymous401 = answer.status === 401 && (await git.authorization?.(url)) === undefined
    if (!isAnonymous401 || !(await git.isPublic?.(url))) return answer
    return { ...answer, status: 429, headers: { 'retry-after': String(pause), ...answer.headers } }
  }

/** Whether an `ERR` packet says that there is a limit. */
export const isLimitInWords = (words: string): boolean =>
  /temporarily limiting|rate.?limit|too many requests/i.test(words)

/**
 * Waits after a refusal in words.
 *
 * @param begun when the request was sent first, in milliseconds since 1970
 * @throws GitHubRateLimitError if the wait would be too long
 */
export async function waitAfterRefusal(
  { clock, waits, signal }: Git,
  { url, begun, words }: { url: URL; begun: number; words: string },
): Promise<void> {
  const until = (waits ?? clock).now() + pause * 1000
  if (!waits?.fits(begun, until)) throw limitedInWords(remotePlace(url.href), words)
  await waits.wait({ reason: 'rate limit', host: url.host, until }, signal)
}

/** @param place the host, and the repository where it is known */
export const limitedInWords = (place: string, words: string): GitHubRateLimitError =>
  new GitHubRateLimitError(`${place}: too many requests: ${oneLine(words)}`, {
    hint: `try again in ${pause} s; ${withToken}`,
  })
