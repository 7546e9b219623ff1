import { GitHubNetworkError } from '../../base/errors.js'
import type { Dispatcher } from '../../http/dispatcher.js'
import { networkError } from '../../http/failure.js'
import type { Fetch, FetchAnswer } from '../../http/fetch.js'
import { type StreamedAnswer, send } from '../../http/send.js'
import type { ApiRequest, ApiResponse, Send } from './message.js'

/** No answer of the API comes near it; a file of the contents API is at most 100 MB. */
const largestBody = 256 * 1024 * 1024

/**
 * The end of the stack: one request over the network, and its whole body. Octokit takes a body that was cut for an
 * empty one, so the body is read here, where a cut is an error.
 *
 * @throws GitHubNetworkError, for silence and cuts in the middle of a body too; the signal's reason when aborted.
 */
export function createWire(fetch: Fetch, dispatcher: Dispatcher): Send {
  return async (request) => {
    try {
      const answer = await fetch(request.url.href, {
        method: request.method,
        headers: request.headers,
        ...(request.body === undefined ? {} : { body: request.body }),
        redirect: 'manual',
        signal: request.signal ?? null,
        dispatcher,
      })
      return await readWhole(answer, request)
    } catch (error) {
      throw networkError(error, request.url, request.signal)
    }
  }
}

async function readWhole(answer: FetchAnswer, { url }: ApiRequest): Promise<ApiResponse> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of answer.body ?? []) {
    size += part.length
    if (size > largestBody) throw new GitHubNetworkError(`${url.host}: its answer is too long`)
    parts.push(part)
  }
  const headers = Object.fromEntries(answer.headers)
  return { status: answer.status, headers, body: Buffer.concat(parts), url }
}

/**
 * The end of the stack for files: bodies stream both ways, so that memory does not grow with them; `fetch` would hold
 * a sent body whole. Only what is no file (an error, a redirect) is read into memory.
 *
 * @throws GitHubNetworkError for silence and cuts too; the signal's reason; what reading or writing the file throws.
 */
export function createStreamingWire(dispatcher: Dispatcher): Send {
  return async (request) => {
    try {
      const answer = await send(dispatcher, {
        ...request,
        headers: { ...request.headers, ...request.stream?.headers?.() },
        body: request.stream?.body?.() ?? request.body,
      })
      return await receive(answer, request)
    } catch (error) {
      throw networkError(error, request.url, request.signal)
    }
  }
}

const longestMessage = 1024 * 1024

async function receive(
  { status, headers, url, body }: StreamedAnswer,
  { stream }: ApiRequest,
): Promise<ApiResponse> {
  const head = { status, headers, url }
  if (stream?.receive !== undefined && (status === 200 || status === 206)) {
    await stream.receive(head, body)
    return { ...head, body: Buffer.alloc(0) }
  }
  const parts: Buffer[] = []
  let size = 0
  for await (const part of body as AsyncIterable<Buffer>) {
    size += part.length
    if (size <= longestMessage) parts.push(part)
  }
  return { ...head, body: Buffer.concat(parts) }
}
