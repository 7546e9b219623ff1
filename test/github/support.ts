import { GitHubNetworkError } from '../../src/base/errors.js'
import type { ApiRequest, ApiResponse, Send } from '../../src/github/transport/message.js'
import { createWaits, type Wait, type Waits } from '../../src/http/policy/waits.js'
import { type TestClock, testClock } from '../support/clock.js'

export interface TestWaits extends Waits {
  clock: TestClock
  told: Wait[]
}

export function fakeWaits(deadline: number | null = null): TestWaits {
  const clock = testClock()
  const told: Wait[] = []
  const waits = createWaits({ clock, deadline, onWait: (wait) => told.push(wait) })
  return { ...waits, clock, told }
}

export function get(path = '/x', rest: Partial<ApiRequest> = {}): ApiRequest {
  return { method: 'GET', url: new URL(`https://api.test${path}`), headers: {}, ...rest }
}

export const post = (path = '/x', rest: Partial<ApiRequest> = {}) =>
  get(path, { method: 'POST', body: '{}', ...rest })

export function answer(
  status = 200,
  headers: Record<string, string> = {},
  body: unknown = {},
): ApiResponse {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return { status, headers, body: bytes, url: new URL('https://api.test/x') }
}

/** As the wire reports it: with the system's error inside. */
export function lost(code: string): GitHubNetworkError {
  const cause = Object.assign(new Error(code), { code })
  return new GitHubNetworkError(`api.test: ${code}`, { cause })
}

/** Returns these answers one after another, and records the requests. */
export function scripted(...answers: (ApiResponse | Error)[]): Send & { asked: ApiRequest[] } {
  const asked: ApiRequest[] = []
  const send = async (request: ApiRequest) => {
    asked.push(request)
    const next = answers[asked.length - 1]
    if (next === undefined) throw new Error(`request ${asked.length} was not expected`)
    if (next instanceof Error) throw next
    return next
  }
  return Object.assign(send, { asked })
}
