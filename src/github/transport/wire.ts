import { GitHubNetworkError } from '../../base/errors.js'
import type { Dispatcher } from '../../http/dispatcher.js'
import { networkError } from '../../http/failure.js'
import type { Fetch, FetchAnswer } from '../../http/fetch.js'
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
      return await readAnswer(answer, request)
    } catch (error) {
      throw networkError(error, request.url, request.signal)
    }
  }
}

async function readAnswer(answer: FetchAnswer, { url }: ApiRequest): Promise<ApiResponse> {
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
