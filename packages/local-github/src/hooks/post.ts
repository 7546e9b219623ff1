import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { buffer } from 'node:stream/consumers'

export interface HookPost {
  url: string
  headers: Record<string, string>
  body: Buffer
  /** https only: accepts every certificate. */
  isInsecure: boolean
  /** Milliseconds for the whole answer. */
  timeout: number
  /** Ends it when this GitHub closes. */
  signal: AbortSignal
}

export interface HookAnswer {
  statusCode: number
  /** In the words of GitHub's deliveries. */
  status: string
  headers: Record<string, string>
  payload: string
}

/** Posts to a hook's address, and never fails: what went wrong is the answer. */
export async function postToHook(post: HookPost): Promise<HookAnswer> {
  const late = AbortSignal.timeout(post.timeout)
  try {
    return await answerOf(post, AbortSignal.any([late, post.signal]))
  } catch {
    const [statusCode, status] = late.aborted
      ? [504, 'timed out']
      : [502, 'failed to connect to host']
    return { statusCode, status, headers: {}, payload: '' }
  }
}

/** Follows no redirect, as GitHub. */
function answerOf({ url, headers, body, isInsecure }: HookPost, signal: AbortSignal) {
  return new Promise<HookAnswer>((resolve, reject) => {
    const options = { method: 'POST', headers, signal, agent: false }
    const sent = url.startsWith('https:')
      ? requestHttps(url, { ...options, rejectUnauthorized: !isInsecure })
      : requestHttp(url, options)
    sent.once('error', reject)
    sent.once('response', (answer) => {
      const { statusCode = 0, headers: given } = answer
      const isGood = statusCode >= 200 && statusCode < 300
      const status = isGood ? 'OK' : `Invalid HTTP Response: ${statusCode}`
      const named = Object.entries(given).map(([name, value]) => [name, [value].flat().join(', ')])
      buffer(answer).then(
        (bytes) =>
          resolve({
            statusCode,
            status,
            headers: Object.fromEntries(named),
            payload: bytes.toString(),
          }),
        reject,
      )
    })
    sent.end(body)
  })
}
