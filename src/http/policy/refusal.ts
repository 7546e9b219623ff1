/**
 * What an error status means, for the API and for git. Their texts differ: the API answers with
 * JSON, git servers with plain text.
 */
export type RefusalKind = 'credentials' | 'forbidden' | 'absent' | 'network' | 'other'

/** The kind of an answer that is not a rate limit; see `isRateLimited`. */
export function kindOfRefusal(status: number): RefusalKind {
  // A redirect without a target and a 407 come from a host in between.
  if (status >= 500 || status < 400 || status === 407) return 'network'
  if (status === 401) return 'credentials'
  // 451: for legal reasons, such as a block of trade, which was a 403 before 2026.
  if (status === 403 || status === 451) return 'forbidden'
  return status === 404 || status === 410 ? 'absent' : 'other'
}
