import type { Octokit } from '@octokit/rest'
import { GitHubNetworkError, WizardError } from '../../base/errors.js'
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

type FetchInit = {
  method: string
  headers: Record<string, string>
  body?: string
  signal?: AbortSignal
}

/** @throws GitHubNetworkError where a page's link leads to another host, whose items would be taken for the API's */
function asFetch(send: Send, { origin, host }: URL) {
  return async (address: string, { method, headers, body, signal }: FetchInit) => {
    const url = new URL(address)
    if (url.origin !== origin) {
      throw new GitHubNetworkError(`${host} sends to another host: ${url.host}`, {
        hint: 'check github.base_url',
      })
    }
    return asFetchAnswer(await send({ method, url, headers, body, signal }))
  }
}

/** As much of a fetch `Response` as Octokit reads. */
function asFetchAnswer({ status, headers, body, url }: ApiResponse) {
  return {
    status,
    url: url.href,
    headers: new Headers(headers),
    body,
    text: async () => body.toString('utf8'),
    arrayBuffer: async () => body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength),
  }
}
