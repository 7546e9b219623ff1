import type { Readable } from 'node:stream'

/** A request to the API or to git, as the policies see it. */
export interface HttpRequest {
  method: string
  url: URL
  /** Names are in lower case. */
  headers: Record<string, string>
  body?: string | Uint8Array | Readable | undefined
  /**
   * Whether the request may be carried out twice, such as a GraphQL query or git's POSTs; see
   * `isRepeatable`.
   */
  repeatable?: boolean | undefined
  /**
   * Carried out twice it does harm, so no answer of a server has it sent again: a gateway's 503 may
   * come after the work.
   */
  once?: boolean | undefined
  /** Another origin has redirected it: its address is not ours, so it carries no credential. */
  foreign?: boolean | undefined
  signal?: AbortSignal | undefined
}

export interface HttpAnswer {
  status: number
  /** Names are in lower case; the values of a repeated header are joined. */
  headers: Record<string, string>
  /** The answer's address, after redirects. */
  url: URL
  /** Another origin than that of the request gave it, or chose its address. */
  foreign?: boolean | undefined
  /** Drops an unread body, so that its connection can serve the next request. */
  discard?(): Promise<void>
}

export type Exchange<Q, A> = (request: Q) => Promise<A>

/** One policy wraps the exchange below it and returns the exchange that the policy above calls. */
export type Policy<Q, A> = (next: Exchange<Q, A>) => Exchange<Q, A>

/** Stacks the policies on the wire, in the order in which a request passes them. */
export function stack<Q, A>(policies: Policy<Q, A>[], wire: Exchange<Q, A>): Exchange<Q, A> {
  return policies.reduceRight((next, policy) => policy(next), wire)
}

const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** Whether a request may be sent again even if it may have been carried out (RFC 9110, 9.2.2). */
export function isRepeatable({ method, repeatable }: HttpRequest): boolean {
  return repeatable ?? idempotent.has(method)
}

export const isRead = ({ method }: HttpRequest): boolean => method === 'GET' || method === 'HEAD'

/** The id that GitHub's support asks for; undefined if it does not look like one. */
export function requestIdOf({ headers }: HttpAnswer): string | undefined {
  const id = headers['x-github-request-id']
  return id !== undefined && /^[\w:.-]{1,100}$/.test(id) ? id : undefined
}

/**
 * What an error status means, for the API and for git. Their texts differ: the API answers with
 * JSON, git servers with plain text.
 */
export type RefusalKind = 'credentials' | 'forbidden' | 'absent' | 'network' | 'other'

/** The kind of an answer that is not a rate limit; see `isRateLimited`. */
export function kindOfRefusal(status: number): RefusalKind {
  // A quota of Git LFS that is used up: trying again does not help.
  if (status === 507) return 'other'
  // A redirect without a target and a 407 come from a host in between.
  if (status >= 500 || status < 400 || status === 407) return 'network'
  if (status === 401) return 'credentials'
  // 451: for legal reasons, such as a block of trade, which was a 403 before 2026.
  if (status === 403 || status === 451) return 'forbidden'
  return status === 404 || status === 410 ? 'absent' : 'other'
}
