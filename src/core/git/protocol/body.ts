import { type HttpResponse, networkError } from '../../http/request.js'
import type { Git } from '../types.js'

/** The body of an answer as it arrives. @throws GitHubNetworkError; the signal's reason when it is aborted */
export async function* chunksOf(git: Git, { body, url }: HttpResponse): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) yield chunk
  } catch (error) {
    throw networkError(error, url, git.signal)
  }
}
