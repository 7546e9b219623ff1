import {
  GitHubAuthError,
  GitHubError,
  type GitHubErrorOptions,
  GitHubNetworkError,
  GitHubNotFoundError,
  GitHubRateLimitError,
} from '../../../base/errors.js'
import { oneLine } from '../../../base/text.js'
import type { HttpResponse } from '../../../http/request.js'
import type { Git } from '../../git.js'
import { chunksOf } from './pkt-line.js'

/** The most of a refusal's own words that is read. */
const mostWords = 4096

/**
 * What an answer that is no success means, in the words of this tool, and in the server's own where these are plain
 * text. Its body is read, or let go.
 */
export async function refusal(git: Git, response: HttpResponse): Promise<GitHubError> {
  const { status, headers, url } = response
  const place = placeOf(url.href)
  const words = await readWords(git, response)
  const said = words === '' ? '' : `: ${words}`
  const options: GitHubErrorOptions = { status, requestId: header(headers, 'x-github-request-id') }
  if (status === 429 || (status === 403 && isRateLimit(headers))) {
    const hint = waitHint(headers)
    return new GitHubRateLimitError(`${place}: too many requests${said}`, { ...options, hint })
  }
  if (status === 401 || status === 403) {
    const known = (await git.authorization?.(url)) !== undefined
    return known ? rejected(place, said, options) : anonymous(place, options)
  }
  if (status === 404 || status === 410) {
    return new GitHubNotFoundError(`${place}: no such repository, or the token may not see it`, {
      ...options,
      hint: 'check the name, and what the token may read',
    })
  }
  const message = `${place}: the server answers ${status}${said}`
  if (status < 500) return new GitHubError(message, options)
  const hint = 'the trouble is on its side; try again later'
  return new GitHubNetworkError(message, { ...options, hint })
}

const rejected = (place: string, said: string, options: GitHubErrorOptions) =>
  new GitHubAuthError(`${place}: the token is not accepted here${said}`, {
    ...options,
    hint: [
      'is it still valid, and may it read this repository? See `',
      { verb: ['AUTH', 'STATUS'] },
      '`',
    ],
  })

/** GitHub answers so for what is not there too, so as not to tell what is. */
const anonymous = (place: string, options: GitHubErrorOptions) =>
  new GitHubAuthError(`${place}: not found, or private and no token is set`, {
    ...options,
    hint: 'check the name; for a private repository set GITHUB_TOKEN',
  })

const isRateLimit = (headers: HttpResponse['headers']) =>
  header(headers, 'retry-after') !== undefined || header(headers, 'x-ratelimit-remaining') === '0'

function waitHint(headers: HttpResponse['headers']): string {
  const seconds = Number(header(headers, 'retry-after'))
  return seconds > 0 ? `try again in ${seconds} s` : 'try again later'
}

function header(headers: HttpResponse['headers'], name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** The host and path of an address: all that a message shows of it. */
export function placeOf(address: string): string {
  const { host, pathname } = new URL(address)
  return host + pathname.replace(/\/(?:git-upload-pack|info\/refs)$/, '').replace(/\.git$/, '')
}

/** A refusal's plain text; a page says nothing to a person at a terminal. */
async function readWords(git: Git, response: HttpResponse): Promise<string> {
  if (!String(response.headers['content-type'] ?? '').startsWith('text/plain')) {
    await response.body.dump()
    return ''
  }
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of chunksOf(git, response)) {
    chunks.push(chunk)
    length += chunk.length
    if (length > mostWords) break
  }
  return oneLine(Buffer.concat(chunks).toString())
}
