import { GitHubError, GitHubNetworkError, GitHubRateLimitError } from '../../../base/errors.js'
import { oneLine } from '../../../base/text.js'
import { type HttpResponse, request } from '../../../http/request.js'
import { retryAfter } from '../../../http/waits.js'
import type { Git } from '../../git.js'
import { chunksOf, PacketReader } from './pkt-line.js'
import { placeOf, refusal } from './refusal.js'

/** Milliseconds before each new try of what was answered with 5xx. */
const pauses = [1000, 3000]
/** Milliseconds, where the server does not say for how long a rate limit holds. */
const limitPause = 60_000

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
    // A POST may be what an old server does not understand; a GET that every server knows is answered by something else.
    const Wrong = body === undefined ? GitHubNetworkError : GitHubError
    throw new Wrong(`${placeOf(base)} answers with ${oneLine(answered, 80) || 'nothing'}`, {
      hint: 'is this a git server? a proxy or a login page may stand before it',
      status: response.status,
    })
  }
  const final = response.url.href.replace(/\/(?:git-upload-pack|info\/refs)(?:\?.*)?$/, '')
  return { packets: new PacketReader(chunksOf(git, response), response.url.host), url: final }
}

/** Again after a pause while the server is unwell, and when a rate limit has lifted. */
async function sendPatiently(git: Git, url: string, body?: string): Promise<HttpResponse> {
  const begun = git.clock.now()
  for (let tries = 0; ; tries++) {
    const response = await sendTold(git, url, body)
    if (response.status >= 200 && response.status < 300) return response
    const error = await refusal(git, response)
    if (error instanceof GitHubRateLimitError) {
      await untilLifted(git, response, { begun, tries, error })
      continue
    }
    const pause = pauses[tries]
    if (response.status < 500 || pause === undefined) throw error
    await git.clock.sleep(pause, git.signal)
  }
}

/** @throws the refusal, where the wait is too long. */
async function untilLifted(
  { clock, waits, signal }: Git,
  { headers, url }: HttpResponse,
  { begun, tries, error }: { begun: number; tries: number; error: GitHubRateLimitError },
): Promise<void> {
  const now = clock.now()
  // Each refusal in a row waits for longer at least, should the server say too short a time.
  const told = retryAfter(headers, now) ?? limitPause
  const until = now + Math.max(told, 1000 * 2 ** tries)
  if (!waits?.fits(begun, until)) throw error
  await waits.wait({ reason: 'rate limit', host: url.host, until }, signal)
}

async function sendTold(git: Git, url: string, body?: string): Promise<HttpResponse> {
  const begun = git.clock.now()
  const response = await sendOnce(git, url, body)
  const milliseconds = git.clock.now() - begun
  git.onRequest?.(`${body ? 'POST' : 'GET'} ${url} ${response.status} ${milliseconds} ms`)
  return response
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
