import {
  GitHubAuthError,
  GitHubError,
  type GitHubErrorOptions,
  GitHubNetworkError,
  GitHubNotFoundError,
  GitHubRateLimitError,
} from '../../errors.js'
import { type HttpResponse, networkError, request } from '../../http/request.js'
import { oneLine } from '../../text.js'
import type { Git } from '../types.js'
import { PacketReader } from './pkt-line.js'

/** Milliseconds before each new try of what was answered with 5xx. */
const pauses = [1000, 3000]
/** The most of a refusal's own words that is read. */
const mostWords = 4096

export interface Answer {
  packets: PacketReader
  /** The repository's address after redirects: a renamed one answers under its new name. */
  url: string
}

/** @see https://git-scm.com/docs/gitprotocol-http */
export function getAdvertisement(git: Git, url: string): Promise<Answer> {
  const path = '/info/refs?service=git-upload-pack'
  return exchange(git, url, path, 'application/x-git-upload-pack-advertisement')
}

/** A POST of upload-pack's, which changes nothing there and so may be sent again. */
export function postUploadPack(git: Git, url: string, body: string): Promise<Answer> {
  return exchange(git, url, '/git-upload-pack', 'application/x-git-upload-pack-result', body)
}

async function exchange(
  git: Git,
  url: string,
  path: string,
  type: string,
  body?: string,
): Promise<Answer> {
  const base = url.replace(/\/+$/, '')
  const response = await sendPatiently(git, base + path, body)
  const answered = String(response.headers['content-type'] ?? '')
  if (answered.split(';', 1)[0]?.trim() !== type) {
    await response.body.dump()
    throw new GitHubError(`${placeOf(base)} answers with ${oneLine(answered, 80) || 'nothing'}`, {
      hint: 'is this a git server? a proxy or a login page may stand before it',
      status: response.status,
    })
  }
  const final = response.url.href.replace(/\/(?:git-upload-pack|info\/refs)(?:\?.*)?$/, '')
  return { packets: new PacketReader(chunksOf(git, response), response.url.host), url: final }
}

/** Again after a pause while the server is unwell. */
async function sendPatiently(git: Git, url: string, body?: string): Promise<HttpResponse> {
  for (let tries = 0; ; tries++) {
    const response = await sendOnce(git, url, body)
    if (response.status >= 200 && response.status < 300) return response
    const error = await refusal(git, response)
    const pause = pauses[tries]
    if (response.status < 500 || pause === undefined) throw error
    await git.clock.sleep(pause, git.signal)
  }
}

function sendOnce(git: Git, url: string, body?: string): Promise<HttpResponse> {
  const { authorization, signal } = git
  const headers: Record<string, string> = {
    // GitHub takes a request for git's where the name begins so.
    'user-agent': 'git/wizard',
    'git-protocol': 'version=2',
    accept: '*/*',
  }
  const options = { headers, authorization, signal, repeatable: true }
  if (body === undefined) return request(git.dispatcher, url, options)
  headers['content-type'] = 'application/x-git-upload-pack-request'
  headers.accept = 'application/x-git-upload-pack-result'
  return request(git.dispatcher, url, { ...options, method: 'POST', body })
}

async function* chunksOf(git: Git, { body, url }: HttpResponse): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) yield chunk
  } catch (error) {
    throw networkError(error, url, git.signal)
  }
}

async function refusal(git: Git, response: HttpResponse): Promise<GitHubError> {
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
    hint: 'is it still valid, and may it read this repository? See `wizard AUTH STATUS`',
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
function placeOf(address: string): string {
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
