import { GitHubNetworkError } from '../../base/errors.js'
import type { Dispatcher } from '../../http/dispatcher.js'
import { networkError, PermanentNetworkError } from '../../http/failure.js'
import type { Fetch, FetchAnswer } from '../../http/fetch.js'
import { type StreamedAnswer, send } from '../../http/send.js'
import type { ApiRequest, ApiResponse, Send } from './message.js'

/**
 * Bytes. Every answer of the API is much smaller; a file of the contents API has at most 100 MB.
 */
const largestBody = 256 * 1024 * 1024

/**
 * The end of the stack: sends one request and reads its whole body. Octokit treats a truncated body
 * as empty, so the body is read here, where truncation is an error.
 *
 * @throws GitHubNetworkError, also for time-outs and truncation in a body; the signal's reason when
 *   it is aborted
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
  const body = Buffer.concat(parts)
  if (/\bjson\b/.test(headers['content-type'] ?? 'json') && isNestedTooDeeply(body))
    throw new PermanentNetworkError(`${url.host}: its answer is nested too deeply for the API's`)
  return { status: answer.status, headers, body, url }
}

/**
 * The end of the stack for files: bodies stream both ways, so that memory does not grow with them;
 * `fetch` would hold a whole request body. Only other answers (errors, redirects) are read into
 * memory.
 *
 * @throws GitHubNetworkError, also for time-outs and truncation; the signal's reason; errors of
 *   reading or writing the file
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

/** The API's own answers have less than twenty levels. */
const deepest = 500

const [quote, backslash, openList, closeList, openObject, closeObject] = Buffer.from('"\\[]{}')

/**
 * Whether JSON is nested so deeply that reading or writing it would exhaust the stack, which no
 * answer of the API is. Looks at the bytes, without parsing.
 */
function isNestedTooDeeply(json: Buffer): boolean {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]
    if (byte === quote) at = endOfText(json, at)
    else if (byte === openList || byte === openObject) {
      if (++depth > deepest) return true
    } else if (byte === closeList || byte === closeObject) depth--
  }
  return false
}

/** The position of the quote that ends a text; the end of the bytes if there is none. */
function endOfText(json: Buffer, start: number): number {
  for (let end = start; ; ) {
    end = json.indexOf('"', end + 1)
    if (end === -1) return json.length
    let slashes = 0
    while (json[end - 1 - slashes] === backslash) slashes++
    if (slashes % 2 === 0) return end
  }
}
