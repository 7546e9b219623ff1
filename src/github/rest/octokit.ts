import type { Octokit } from '@octokit/rest'
import { GitHubNetworkError, UsageError, WizardError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { ApiResponse, Send } from '../transport/message.js'

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
    throw ownError(error)
  })
  octokit.hook.after('request', ({ data }, { headers }) => {
    if (isBrokenJson(data, String(headers.accept))) {
      throw new GitHubNetworkError(`${baseUrl.host} answered something that is not the API`, {
        hint: 'check github.base_url, and whether a proxy or a login page answers in its place',
      })
    }
  })
  return octokit
}

/** Octokit wraps errors of its `fetch`; the inner error is ours. */
function ownError(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof WizardError ? cause : error
}

/** Octokit returns the text of invalid JSON, or of an HTML page, as if it were the answer. */
const isBrokenJson = (data: unknown, accept: string): boolean =>
  typeof data === 'string' && data !== '' && /json/.test(accept) && !/raw/.test(accept)

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
 * @throws GitHubNetworkError if a page's link leads to another host, whose items would pass as the
 *   API's
 */
function asFetch(send: Send, { origin, host }: URL) {
  return async (address: string, { method, headers, body, signal }: FetchInit) => {
    const url = new URL(withSlashes(address))
    if (url.origin !== origin) {
      throw new GitHubNetworkError(`${host} sends to another host: ${url.host}`, {
        hint: 'check github.base_url',
      })
    }
    const { accept, ...others } = headers
    const sent = accept === octokitsAccept ? others : headers
    return asFetchAnswer(await send({ method, url, headers: sent, body, signal }), accept)
  }
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
    throw new UsageError(`no name on GitHub has . or .. between slashes: ${oneLine(path, 200)}`)
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
    text: async () => body.toString('utf8'),
    arrayBuffer: async () => body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength),
  }
}
