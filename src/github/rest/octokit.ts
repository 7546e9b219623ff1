import type { Octokit } from '@octokit/rest'
import { GitHubNetworkError, UsageError, WizardError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { checkServer } from '../errors.js'
import { type ApiResponse, jsonTextOf, type Send } from '../transport/message.js'

export type { Octokit } from '@octokit/rest'

export interface OctokitOptions {
  send: Send
  baseUrl: URL
  userAgent: string
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** Octokit's typed endpoints and pagination on our transport; loaded on first use. */
export async function createOctokit({
  send,
  baseUrl,
  userAgent,
}: OctokitOptions): Promise<Octokit> {
  const { Octokit } = await import('@octokit/rest')
  const octokit = new Octokit({
    baseUrl: baseUrl.href.replace(/\/+$/, ''),
    userAgent,
    log: silent,
    request: { fetch: asFetch(send, baseUrl), log: silent },
  })
  octokit.hook.error('request', (error) => {
    throw passedError(error) ?? notTheApi(baseUrl, error)
  })
  octokit.hook.after('request', ({ data, status }, { headers, method }) => {
    const accept = String(headers.accept)
    const isEmpty = method === 'GET' && status === 200 && (data === null || data === '')
    if (isBrokenJson(data, accept) || (isEmpty && isForJson(accept))) throw notTheApi(baseUrl)
  })
  return octokit
}

/**
 * Carries what our transport throws past Octokit, which turns a `fetch` failure into an error of its
 * own, and writes a status into an abort's reason.
 */
class Passed extends Error {
  readonly thrown: unknown

  constructor(thrown: unknown) {
    super('passed')
    this.thrown = thrown
  }
}

/** What was thrown below Octokit or in its hooks: ours, or a signal's reason. */
function passedError(error: unknown): unknown {
  if (error instanceof WizardError) return error
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Passed ? cause.thrown : undefined
}

const notTheApi = ({ host }: URL, cause?: unknown) =>
  new GitHubNetworkError(`${host} did not answer as the GitHub API does`, {
    cause,
    hint: checkServer,
  })

/** Octokit returns the text of invalid JSON, or of an HTML page, as if it were the answer. */
const isBrokenJson = (data: unknown, accept: string): boolean =>
  typeof data === 'string' && data !== '' && isForJson(accept)

const isForJson = (accept: string) => /json/.test(accept) && !/raw/.test(accept)

/**
 * Octokit decodes a body by its content type. This keeps the raw bytes of a file as bytes, whatever
 * type the server says, and recognises JSON under unusual types.
 */
function contentType(given: string | undefined, accept = ''): string | undefined {
  if (/\braw\b/.test(accept)) return 'application/octet-stream'
  return given === undefined || /\bjson\b/.test(given) ? 'application/json' : given
}

type FetchInit = {
  method: string
  headers: Record<string, string>
  body?: string
  signal?: AbortSignal
}

/**
 * @throws GitHubNetworkError if a redirect or a page's link leads to another host, whose answer would
 *   pass as the API's
 */
function asFetch(send: Send, baseUrl: URL) {
  return async (address: string, { method, headers, body, signal }: FetchInit) => {
    try {
      const url = urlBelow(baseUrl, withSlashes(address))
      const { accept, ...others } = headers
      const sent = accept === octokitsAccept ? others : headers
      const once = method === 'POST' && isStart.test(url.pathname)
      const answer = await send({ method, url, headers: sent, body, signal, once })
      if (answer.foreign) throw redirectedAway(baseUrl, answer.url)
      return asFetchAnswer(answer, accept)
    } catch (error) {
      throw new Passed(error)
    }
  }
}

const redirectedAway = ({ host }: URL, to: URL) =>
  new GitHubNetworkError(`${host} redirects to another host: ${to.host}`, {
    hint: checkServer,
  })

/** A second dispatch is a second deployment, and a second redelivery a second delivery. */
const isStart = /\/(?:actions\/workflows\/[^/]+\/dispatches|hooks\/\d+\/deliveries\/\d+\/attempts)$/

function urlBelow({ origin, host }: URL, address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null
  if (url?.origin === origin) return url
  const where = url === null ? 'an invalid address' : `another host: ${url.host}`
  throw new GitHubNetworkError(`${host} redirects to ${where}`, { hint: 'check github.base_url' })
}

/** Octokit's default Accept header; the transport replaces it by the one that GitHub recommends. */
const octokitsAccept = 'application/vnd.github.v3+json'

/** A file's path or a ref's name follows these. */
const beforePath =
  /(?<=\/repos\/[^/?]+\/[^/?]+\/(?:contents|commits|git\/refs?|releases\/tags)\/)[^?]+/

/**
 * Restores the slashes in paths and refs, which GitHub's documentation shows and Octokit escapes.
 *
 * @throws UsageError for a name with `..`, which a URL parser reads as the parent folder
 */
function withSlashes(address: string): string {
  const written = address.replace(beforePath, (path) => path.replaceAll(/%2f/gi, '/'))
  const [path = ''] = written.replace(/^https?:\/\/[^/]+/, '').split('?', 1)
  if (path.split('/').some((segment) => /^\.\.?$/.test(segment))) {
    throw new UsageError(`a name on GitHub can't be . or ..: ${oneLine(path, 200)}`)
  }
  return written
}

/** The part of a fetch `Response` that Octokit reads. */
function asFetchAnswer({ status, headers, body, url }: ApiResponse, accept: string | undefined) {
  const type = contentType(headers['content-type'], accept)
  return {
    status,
    url: url.href,
    headers: new Headers({ ...headers, ...(type === undefined ? {} : { 'content-type': type }) }),
    body,
    text: async () => (type === 'application/json' ? jsonTextOf({ body }) : body.toString('utf8')),
    arrayBuffer: async () => body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength),
  }
}
