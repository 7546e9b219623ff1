/** GitHub's form: `2026-01-31 23:59:59 UTC`, or an offset in place of UTC. */
const form = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (?:UTC|([+-]\d\d):?(\d\d))$/

/**
 * When the token of a request expires, which the answer says for personal tokens with an end.
 * https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/token-expiration-and-revocation
 *
 * @returns ISO 8601, UTC; null if the answer does not say
 */
export function tokenExpiry(headers: Record<string, unknown>): string | null {
  const header = String(headers['github-authentication-token-expiration'] ?? '').trim()
  const [, day, time, hours, minutes] = form.exec(header) ?? []
  if (day === undefined) return null
  const zone = hours === undefined ? 'Z' : `${hours}:${minutes}`
  const at = Date.parse(`${day}T${time}${zone}`)
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

const day = 24 * 3600_000

/** Whole days until a token expires; null if it does not, or nobody says. */
export const daysLeft = (expiresAt: string | null, now: number): number | null =>
  expiresAt === null ? null : Math.floor((Date.parse(expiresAt) - now) / day)
