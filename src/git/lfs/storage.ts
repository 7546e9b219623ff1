import {
  type GitHubErrorOptions,
  GitHubNetworkError,
  GitHubNotFoundError,
} from '../../base/errors.js'
import { isTransientStatus, PermanentNetworkError } from '../../http/failure.js'
import { type Exchange, type HttpRequest, stack } from '../../http/message.js'
import { followRedirects } from '../../http/policy/redirect.js'
import { retryAfter } from '../../http/policy/waits.js'
import { type StreamedAnswer, send } from '../../http/send.js'
import type { Git } from '../git.js'
import type { LfsDownload } from './batch.js'

/**
 * Asks storage for the bytes of an object from an offset on; a server may send all of them (200).
 *
 * @throws ExpiredError, BusyError, GitHubNotFoundError, GitHubNetworkError for every other answer
 */
export async function requestBytes(
  git: Git,
  { href, headers }: LfsDownload,
  at: number,
): Promise<StreamedAnswer> {
  const range: Record<string, string> = at > 0 ? { range: `bytes=${at}-` } : {}
  const answer = await storageExchange(git)({
    method: 'GET',
    url: href,
    headers: { 'user-agent': 'git-lfs/wizard', ...headers, ...range },
    signal: git.signal,
  })
  await assertContent(git, answer, at)
  return answer
}

/** Storage refuses the address, which may have expired: the server is to be asked for another. */
export class ExpiredError extends GitHubNetworkError {
  // For users it is the class that it extends.
  override name = 'GitHubNetworkError'
}

/** Storage is busy, and a later request may succeed. */
export class BusyError extends GitHubNetworkError {
  override name = 'GitHubNetworkError'
  /** When, in milliseconds from now. */
  readonly pause: number

  constructor(message: string, { pause, ...options }: GitHubErrorOptions & { pause: number }) {
    super(message, options)
    this.pause = pause
  }
}

/** Storage may redirect on its own host only: the API did not name another. */
function storageExchange(git: Git): Exchange<HttpRequest, StreamedAnswer> {
  const stays = (next: Exchange<HttpRequest, StreamedAnswer>) => (one: HttpRequest) => {
    if (!one.foreign) return next(one)
    throw new PermanentNetworkError(
      `storage redirects to ${one.url.host}, which the server did not name`,
    )
  }
  return stack([followRedirects(() => true), stays], (one) => send(git.dispatcher, one))
}

/** @throws an error for everything but the object's bytes from `at` on, or from the start */
async function assertContent(git: Git, answer: StreamedAnswer, at: number): Promise<void> {
  const { status, headers, url } = answer
  if (status === 200) return
  if (status === 206 && headers['content-range']?.startsWith(`bytes ${at}-`)) return
  await answer.discard()
  const said = `${url.host}: storage answers ${status}`
  if (status === 401 || status === 403) throw new ExpiredError(said, { status })
  if (status === 404 || status === 410) {
    throw new GitHubNotFoundError(`${url.host}: storage does not have the object`, { status })
  }
  if (status === 429 || isTransientStatus(status)) {
    const pause = retryAfter(headers, git.clock.now()) ?? 0
    throw new BusyError(said, { pause, status, hint: 'try again later' })
  }
  const what = status === 206 ? `${url.host} sent a different part than requested` : said
  throw new PermanentNetworkError(what, { status })
}
