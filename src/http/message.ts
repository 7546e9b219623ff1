import type { Readable } from 'node:stream'

/** A request as the policies see it, the API's or git's. */
export interface HttpRequest {
  method: string
  url: URL
  /** Names in lower case. */
  headers: Record<string, string>
  body?: string | Uint8Array | Readable | undefined
  /** True where carrying it out twice does no harm, as a GraphQL query or git's POSTs; see `isRepeatable`. */
  repeatable?: boolean | undefined
  signal?: AbortSignal | undefined
}

export interface HttpAnswer {
  status: number
  /** Names in lower case; the values of a repeated one joined. */
  headers: Record<string, string>
  /** Where it came from, after redirects. */
  url: URL
  /** Lets go of a body that is not read, so that its connection can serve the next request. */
  discard?(): Promise<void>
}

export type Exchange<Q, A> = (request: Q) => Promise<A>

/** One policy: it is given what comes below it, and gives what the policy above calls. */
export type Policy<Q, A> = (next: Exchange<Q, A>) => Exchange<Q, A>

/** The policies in the order in which a request meets them, on top of what sends it. */
export function stack<Q, A>(policies: Policy<Q, A>[], wire: Exchange<Q, A>): Exchange<Q, A> {
  return policies.reduceRight((next, policy) => policy(next), wire)
}

const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** Whether a request may be sent again although it may have been carried out (RFC 9110, 9.2.2). */
export function isRepeatable({ method, repeatable }: HttpRequest): boolean {
  return repeatable ?? idempotent.has(method)
}

export const isRead = ({ method }: HttpRequest): boolean => method === 'GET' || method === 'HEAD'

/** For GitHub's support; undefined for what has not the look of one. */
export function requestIdOf({ headers }: HttpAnswer): string | undefined {
  const id = headers['x-github-request-id']
  return id !== undefined && /^[\w:.-]{1,100}$/.test(id) ? id : undefined
}
