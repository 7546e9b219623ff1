export interface RateLimit {
  name: string
  limit: number
  remaining: number
  /** ISO 8601, UTC. */
  resets_at: string
}

/**
 * How many requests a credential has, and who shares them. GitHub names only the number; the rest
 * follows from the kind of the credential.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 *
 * @returns null where the server has no limit, or one that GitHub does not document
 */
export function ratePlan({
  source,
  login,
  rate_limits,
}: {
  /** The credential's; null: there is none. */
  source: string | null
  /** null for an App's installation or a job's token. */
  login: string | null
  rate_limits: RateLimit[]
}): string | null {
  const limit = rate_limits.find(({ name }) => name === 'core')?.limit
  if (limit === undefined) return null
  if (source === null)
    return limit === 60 ? 'all of this address share them, without a token' : null
  if (limit === 15_000) return 'an app or a token of a GitHub Enterprise Cloud organization'
  if (login !== null) return limit === 5_000 ? 'all tokens of the user share them' : null
  if (limit === 1_000) return "a job's token: the jobs of the repository share them"
  if (limit < 5_000 || limit > 12_500) return null
  const more = (limit - 5_000) / 50
  return more === 0
    ? "an app's installation of at most 20 repositories and 20 users"
    : `an app's installation: 5,000 and ${more} × 50 for repositories and users above 20, up to 12,500`
}
