import { z } from 'zod/mini'
import { GitHubAuthError, GitHubNotFoundError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { type Api, ask, parseAnswer } from '../rest/api.js'
import { tokenExpiry } from './expiry.js'

/**
 * The owner of a credential, and what it may do as far as GitHub says. Does not contain the
 * credential.
 */
export interface AuthStatus {
  authenticated: boolean
  /** null for an App's installation or a job's token, which belong to no user. */
  login: string | null
  /** The token's source in words; null: there is none. */
  source: string | null
  host: string
  /**
   * For a classic token; null if the token has permissions instead of scopes, because GitHub does
   * not list them.
   */
  scopes: string[] | null
  /** What each noun needs, and whether the token has it; null: unknown. */
  needs: { noun: string; needs: string; ok: boolean | null }[]
  rate_limits: RateLimit[]
  /** Who shares the limit `core`, an hour, in words; null: unknown. */
  rate_plan: string | null
  /** When the token expires: ISO 8601, UTC; null if it does not, or GitHub does not say. */
  expires_at: string | null
}

interface RateLimit {
  name: string
  limit: number
  remaining: number
  /** ISO 8601, UTC. */
  resets_at: string
}

/** What the nouns need: a scope of a classic token, or a permission of a fine-grained one. */
const needs = [
  {
    noun: 'REPO',
    scopes: ['repo', 'public_repo'],
    needs: 'repo for private repositories (contents: read)',
  },
  { noun: 'WORKFLOW', scopes: ['repo'], needs: 'repo (actions: write)' },
  { noun: 'RELEASE', scopes: ['repo'], needs: 'repo (contents: write)' },
  { noun: 'API', scopes: [], needs: 'what the path needs' },
]

const userAnswer = z.object({ login: z.string() })
const rateAnswer = z.object({
  resources: z.record(
    z.string(),
    z.object({
      limit: z.number(),
      remaining: z.number(),
      reset: z.number().check(z.gte(0), z.lte(8.64e12)),
    }),
  ),
})

/**
 * https://docs.github.com/en/rest/users/users#get-the-authenticated-user and
 * https://docs.github.com/en/rest/rate-limit/rate-limit
 *
 * @throws GitHubAuthError for a rejected credential
 */
export async function authStatus(api: Api, source: string | null): Promise<AuthStatus> {
  const [user, rate_limits] = await Promise.all([
    source === null ? null : whoAmI(api),
    rateLimits(api),
  ])
  const scopes = user?.scopes ?? null
  const login = user?.login ?? null
  return {
    authenticated: source !== null,
    login,
    source,
    host: api.baseUrl.host,
    scopes,
    needs: needs.map((one) => ({
      noun: one.noun,
      needs: one.needs,
      ok: satisfies(scopes, one.scopes),
    })),
    rate_limits,
    rate_plan: ratePlan({ source, login, rate_limits }),
    expires_at: user?.expires_at ?? null,
  }
}

const satisfies = (scopes: string[] | null, any: string[]): boolean | null =>
  any.length === 0 || scopes === null ? null : any.some((scope) => scopes.includes(scope))

type Who = Pick<AuthStatus, 'login' | 'scopes' | 'expires_at'>

async function whoAmI(api: Api): Promise<Who> {
  try {
    const { data, headers } = await (await api.octokit()).rest.users.getAuthenticated()
    const header = headers['x-oauth-scopes']
    const scopes =
      header === undefined ? null : header.split(',').map((scope) => oneLine(scope.trim(), 50))
    return {
      login: parseAnswer(api, userAnswer, data).login,
      scopes: scopes?.filter(Boolean) ?? null,
      expires_at: tokenExpiry(headers),
    }
  } catch (error) {
    // An installation's token is valid, but belongs to no user.
    if (error instanceof GitHubAuthError && error.status === 403)
      return { login: null, scopes: null, expires_at: null }
    throw error
  }
}

/** Empty if the server has no rate limits, as a GHES may be configured. */
async function rateLimits(api: Api): Promise<RateLimit[]> {
  const limits = await ask(api, rateAnswer, (rest) => rest.rateLimit.get()).catch(
    (error: unknown) => {
      if (error instanceof GitHubNotFoundError) return { resources: {} }
      throw error
    },
  )
  return Object.entries(limits.resources).map(([name, { limit, remaining, reset }]) => ({
    name: oneLine(name, 50),
    limit,
    remaining,
    resets_at: new Date(reset * 1000).toISOString(),
  }))
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
    return limit === 60 ? 'shared by everybody at this address, without a token' : null
  if (limit === 15_000) return 'an app or a token of a GitHub Enterprise Cloud organization'
  if (login !== null) return limit === 5_000 ? 'shared by all tokens of the user' : null
  if (limit === 1_000) return "a job's token: shared by the jobs of the repository"
  if (limit < 5_000 || limit > 12_500) return null
  const more = (limit - 5_000) / 50
  return more === 0
    ? "an app's installation of at most 20 repositories and 20 users"
    : `an app's installation: 5,000 and ${more} × 50 for repositories and users above 20, up to 12,500`
}
