import type { DispatchedAnswer, Dispatcher } from '../../http/dispatcher.js'
import { joinHeaders, send } from '../../http/dispatcher.js'
import { networkError } from '../../http/failure.js'
import type { ApiRequest, ApiResponse, Send } from './message.js'

/**
 * The end of the stack for files: bodies stream both ways, so that memory does not grow with them; `fetch` would hold
 * a sent body whole. Only what is no file (an error, a redirect) is read into memory.
 *
 * @throws GitHubNetworkError for silence and cuts too; the signal's reason; what reading or writing the file throws.
 */
export function createStreamingWire(dispatcher: Dispatcher): Send {
  return async (request) => {
    try {
      const answer = await send(dispatcher, request.url, {
        method: request.method,
        headers: { ...request.headers, ...request.stream?.headers?.() },
        body: request.stream?.body?.() ?? request.body ?? null,
        signal: request.signal ?? null,
      })
      return await readAnswer(answer, request)
    } catch (error) {
      throw networkError(error, request.url, request.signal)
    }
  }
}

const longestMessage = 1024 * 1024

async function readAnswer(
  { statusCode: status, headers, body }: DispatchedAnswer,
  { url, stream }: ApiRequest,
): Promise<ApiResponse> {
  const head = {
    status,
    url,
    headers: joinHeaders(headers),
  }
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
