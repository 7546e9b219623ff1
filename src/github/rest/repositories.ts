import { z } from 'zod/mini'
import { GitHubAuthError, GitHubNotFoundError } from '../../base/errors.js'
import { checkedOwner, checkedRepo, fullNamePattern } from '../../base/names/repository.js'
import { type Api, ask, parseAnswer } from './api.js'
import { type Paging, pagesOf } from './pages.js'

/** https://docs.github.com/en/rest/repos/repos#get-a-repository */
export interface RepositoryData {
  /** GitHub's id, which a renamed repository keeps. */
  id: number | null
  name: string
  /** `OWNER/NAME`. */
  full_name: string
  description: string | null
  /** Its web page. */
  url: string | null
  default_branch: string
  /** ISO 8601; null if nothing was pushed yet. */
  pushed_at: string | null
  /** Kilobytes, according to GitHub. */
  size: number
  stars: number
  topics: string[]
  archived: boolean
  private: boolean
  /** `public`, `private` or `internal`. */
  visibility: string
  fork: boolean
}

export const repositoryAnswer = z.pipe(
  z.object({
    id: z.nullish(z.number()),
    name: z.string(),
    full_name: z.string().check(z.regex(/^[^/]+\/[^/]+$/)),
    description: z.nullish(z.string()),
    html_url: z.nullish(z.string()),
    default_branch: z._default(z.string(), 'main'),
    pushed_at: z.nullish(z.string()),
    size: z.nullish(z.number()),
    stargazers_count: z.nullish(z.number()),
    topics: z.nullish(z.array(z.string())),
    archived: z.nullish(z.boolean()),
    private: z.nullish(z.boolean()),
    visibility: z.nullish(z.string()),
    fork: z.nullish(z.boolean()),
  }),
  z.transform(
    (answer): RepositoryData => ({
      id: answer.id ?? null,
      name: answer.name,
      full_name: answer.full_name,
      description: answer.description ?? null,
      url: answer.html_url ?? null,
      default_branch: answer.default_branch,
      pushed_at: answer.pushed_at ?? null,
      size: answer.size ?? 0,
      stars: answer.stargazers_count ?? 0,
      topics: answer.topics ?? [],
      archived: answer.archived ?? false,
      private: answer.private ?? false,
      visibility: answer.visibility ?? (answer.private ? 'private' : 'public'),
      fork: answer.fork ?? false,
    }),
  ),
)

/** https://docs.github.com/en/rest/search/search#search-repositories */
const searchAnswer = z.object({
  total_count: z.number(),
  incomplete_results: z.boolean(),
  items: z.array(z.unknown()),
})

/** https://docs.github.com/en/rest/users/users#get-the-authenticated-user */
export const viewerAnswer = z.object({ login: z.string() })

/** @throws GitHubNotFoundError if it does not exist or is not visible */
export async function getRepo(api: Api, owner: string, repo: string): Promise<RepositoryData> {
  const repository = checkedRepo(owner, repo)
  return ask(api, repositoryAnswer, (rest) => rest.repos.get({ ...repository }))
}

/** What stays the same when a repository or its owner is renamed. */
export interface RepositoryIdentity {
  /** null: the server names none. */
  id: number | null
  ownerId: number | null
  /** The current name, which differs from the asked one after a rename. */
  owner: string
  repo: string
}

const identityAnswer = z.object({
  id: z.nullish(z.number()),
  full_name: z.string().check(z.regex(fullNamePattern)),
  owner: z.nullish(z.object({ id: z.nullish(z.number()) })),
})

/** @throws GitHubNotFoundError if it does not exist or is not visible */
export async function getRepositoryIdentity(
  api: Api,
  owner: string,
  repo: string,
): Promise<RepositoryIdentity> {
  const asked = checkedRepo(owner, repo)
  const answer = await ask(api, identityAnswer, (rest) => rest.repos.get({ ...asked }))
  const [currentOwner = '', current = ''] = answer.full_name.split('/')
  const ownerId = answer.owner?.id ?? null
  return { id: answer.id ?? null, ownerId, owner: currentOwner, repo: current }
}

/**
 * false if it does not exist, or is not visible with this credential: GitHub does not distinguish
 * these.
 */
export async function repoExists(api: Api, owner: string, repo: string): Promise<boolean> {
  try {
    await (await api.octokit()).rest.repos.get({ ...checkedRepo(owner, repo) })
    return true
  } catch (error) {
    if (error instanceof GitHubNotFoundError) return false
    throw error
  }
}

/**
 * The repositories of an organization or user that this credential can see, by name: all pages, or
 * the requested one. Includes the private ones of the credential's own account.
 *
 * @throws GitHubNotFoundError if there is no such account
 */
export async function listRepositories(
  api: Api,
  owner: string,
  paging: Paging = {},
): Promise<RepositoryData[]> {
  const org = checkedOwner(owner)
  const octokit = await api.octokit()
  const { listForOrg, listForUser, listForAuthenticatedUser } = octokit.rest.repos
  const byName = { sort: 'full_name', direction: 'asc' } as const
  const ofOrganization = await unlessNotFound(
    pagesOf(octokit, listForOrg, { org, type: 'all', ...byName }, paging),
  )
  if (ofOrganization !== undefined) return toRepositories(api, ofOrganization)
  const viewer = await viewerOf(api)
  if (viewer?.toLowerCase() === owner.toLowerCase()) {
    const own = { affiliation: 'owner', ...byName }
    const found = await pagesOf(octokit, listForAuthenticatedUser, own, paging)
    return toRepositories(api, found).filter(isOwnedBy(owner))
  }
  const ofUser = { username: owner, type: 'owner', ...byName }
  return toRepositories(api, await pagesOf(octokit, listForUser, ofUser, paging))
}

const isOwnedBy = (owner: string) => (repository: RepositoryData) =>
  repository.full_name.toLowerCase().startsWith(`${owner.toLowerCase()}/`)

async function unlessNotFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof GitHubNotFoundError) return undefined
    throw error
  }
}

/**
 * The credential's user; null: none, as for an App's or Actions' token, which this endpoint
 * rejects.
 */
async function viewerOf(api: Api): Promise<string | null> {
  if (!(await api.authenticated())) return null
  try {
    return (await ask(api, viewerAnswer, (rest) => rest.users.getAuthenticated())).login
  } catch (error) {
    if (error instanceof GitHubNotFoundError) return null
    if (error instanceof GitHubAuthError && error.status === 403) return null
    throw error
  }
}

/**
 * Removes duplicates: a repository that is created while pages are read shifts others to the next
 * page.
 */
function toRepositories(api: Api, answers: unknown[]): RepositoryData[] {
  const repositories = parseAnswer(api, z.array(repositoryAnswer), answers)
  return [...new Map(repositories.map((one) => [one.full_name.toLowerCase(), one])).values()]
}

export interface SearchOptions {
  language?: string | null | undefined
  /** Default: `stars`. */
  sort?: 'stars' | 'forks' | 'updated' | 'help-wanted-issues' | 'best-match' | undefined
  /** Default: all, at most 1,000. */
  limit?: number | undefined
}

/** GitHub returns no more, however many there are. */
const mostFound = 1000

/**
 * https://docs.github.com/en/rest/search/search#search-repositories
 *
 * If there are more results than GitHub returns, or its search timed out, `api.warn` reports it.
 */
export async function searchRepositories(
  api: Api,
  query: string,
  { language, sort = 'stars', limit = mostFound }: SearchOptions = {},
): Promise<RepositoryData[]> {
  const octokit = await api.octokit()
  const q = language ? `${query} language:${quoted(language)}`.trim() : query
  const wanted = Math.min(limit, mostFound)
  const found: unknown[] = []
  for (let page = 1; ; page++) {
    const per_page = Math.min(100, wanted)
    const order = sort === 'best-match' ? {} : { sort }
    const { data } = await octokit.rest.search.repos({ q, ...order, per_page, page })
    const { total_count: total, ...answer } = parseAnswer(api, searchAnswer, data)
    found.push(...answer.items)
    if (found.length < Math.min(total, wanted) && answer.items.length > 0) continue
    if (answer.incomplete_results)
      api.warn('GitHub did not finish the search: some results may be missing')
    if (total > mostFound && limit >= mostFound) {
      api.warn(`${total} repositories match; GitHub returns only ${mostFound}`)
    }
    return toRepositories(api, found.slice(0, wanted))
  }
}

const quoted = (value: string) =>
  /^[\w+#-]+$/.test(value) ? value : `"${value.replaceAll('"', '')}"`
