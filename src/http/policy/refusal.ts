/**
 * What a status that is no success means, of the API and of git alike. The words are each one's own: the API's are
 * in its JSON, git's servers write plain text.
 */
export type RefusalKind = 'credentials' | 'forbidden' | 'absent' | 'network' | 'other'

/** Of an answer that is not a rate limit; see `isRateLimited`. */
export function kindOfRefusal(status: number): RefusalKind {
  // A redirect that leads nowhere, and 407, come from somebody in between.
  if (status >= 500 || status < 400 || status === 407) return 'network'
  if (status === 401) return 'credentials'
  if (status === 403) return 'forbidden'
  return status === 404 || status === 410 ? 'absent' : 'other'
}
