import type { Octokit } from '@octokit/rest'
import { GitHubNetworkError, UsageError, WizardError } from '../../base/errors.js'
import type { ApiResponse, Send } from '../transport/message.js'

export type { Octokit } from '@octokit/rest'

export interface OctokitOptions {
  send: Send
  baseUrl: URL
  userAgent: string
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** Octokit for its typed endpoints and its pages, on top of our transport, loaded when it is first needed. */
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

/** It wraps what its `fetch` throws; the error inside is ours. */
function ownError(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof WizardError ? cause : error
}

/** It hands out the text of JSON that it can't read, and of a page of HTML, as if it were the answer. */
const isBrokenJson = (data: unknown, accept: string): boolean =>
  typeof data === 'string' && data !== '' && /json/.test(accept) && !/raw/.test(accept)

/**
 * Octokit decodes a body by its content type. Raw bytes of a file stay bytes, whatever text the server calls them; and JSON
 * is JSON without its usual name too.
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

/** @throws GitHubNetworkError where a page's link leads to another host, whose items would be taken for the API's */
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

/** What it accepts unless it is asked for more: the transport has the name that GitHub recommends. */
const octokitsAccept = 'application/vnd.github.v3+json'

/** What follows these is a file's path or a ref's name. */
const beforePath =
  /(?<=\/repos\/[^/?]+\/[^/?]+\/(?:contents|commits|git\/refs?|releases\/tags)\/)[^?]+/

/**
 * GitHub's documents write paths and refs with their slashes, which Octokit escapes.
 *
 * @throws UsageError for a name that would climb: a URL's parser takes `..` for the folder above
 */
function withSlashes(address: string): string {
  const written = address.replace(beforePath, (path) => path.replaceAll(/%2f/gi, '/'))
  const [path = ''] = written.split('?', 1)
  const climbs = path.split('/').some((segment) => /^\.\.?$/.test(segment))
  if (climbs) throw new UsageError('no name and no path on GitHub has a . or .. between slashes')
  return written
}

/** As much of a fetch `Response` as Octokit reads. */
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
