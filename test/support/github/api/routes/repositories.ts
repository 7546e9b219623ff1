import { type Account, fullName, type Repository } from '../../model/types.js'
import type { Call } from '../call.js'
import { invalid, notFound } from '../errors.js'
import { page } from '../page.js'
import { type Route, route } from '../route.js'
import { fullRepository, listedRepository } from '../shapes/repository.js'

/** https://docs.github.com/rest/repos/repos and https://docs.github.com/rest/search/search#search-repositories */
export const repositoryRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}', (call) => ({
    data: fullRepository(call.addresses, call.repository(), call.viewer),
  })),
  route('GET /orgs/{org}/repos', (call) => list(call, owned(call, 'org', ['Organization']))),
  route('GET /users/{username}/repos', (call) =>
    list(
      call,
      owned(call, 'username', ['User', 'Organization']).filter((found) => !found.private),
    ),
  ),
  route('GET /user/repos', (call) => {
    call.requireViewer()
    return list(call, call.world.repositories())
  }),
  route('GET /search/repositories', (call) => {
    const found = search(call)
    const { items, headers } = page(call, found)
    const data = items.map((item) => ({
      ...listedRepository(call.addresses, item, call.viewer),
      score: 1,
    }))
    return { data: { total_count: found.length, incomplete_results: false, items: data }, headers }
  }),
]

function owned(call: Call, parameter: string, types: Account['type'][]): Repository[] {
  const account = call.world.account(call.parameter(parameter))
  if (!account || !types.includes(account.type)) throw notFound()
  return call.world.repositories(account)
}

function list(call: Call, repositories: Repository[]) {
  const { query, world, viewer } = call
  const wanted = kinds[query.get('type') ?? query.get('visibility') ?? 'all'] ?? (() => true)
  const seen = repositories.filter((item) => world.visible(item, viewer) && wanted(item))
  const { items, headers } = page(call, sorted(seen, query))
  return { data: items.map((item) => listedRepository(call.addresses, item, viewer)), headers }
}

const kinds: Record<string, (repository: Repository) => boolean> = {
  public: (repository) => !repository.private,
  private: (repository) => repository.private,
  forks: ({ fork }) => fork,
  sources: ({ fork }) => !fork,
}

type Compare = (a: Repository, b: Repository) => number

const orders: Record<string, Compare> = {
  created: (a, b) => a.createdAt.localeCompare(b.createdAt) || a.id - b.id,
  updated: (a, b) => a.updatedAt.localeCompare(b.updatedAt) || a.id - b.id,
  pushed: (a, b) => a.pushedAt.localeCompare(b.pushedAt) || a.id - b.id,
  full_name: (a, b) => fullName(a).localeCompare(fullName(b)),
  stars: (a, b) => a.stars - b.stars,
}

/** By creation, the newest first, unless asked otherwise; by name from A. */
function sorted(repositories: Repository[], query: URLSearchParams): Repository[] {
  const name = query.get('sort') ?? 'created'
  const order = orders[name]
  if (!order) return repositories
  const direction = query.get('direction') ?? (name === 'full_name' ? 'asc' : 'desc')
  const inOrder = repositories.toSorted(order)
  return direction === 'asc' ? inOrder : inOrder.reverse()
}

const qualifiers: Record<string, (repository: Repository, value: string) => boolean> = {
  language: ({ language }, value) => language?.toLowerCase() === value,
  user: ({ owner }, value) => owner.login.toLowerCase() === value,
  org: ({ owner }, value) => owner.login.toLowerCase() === value,
  topic: ({ topics }, value) => topics.includes(value),
  archived: ({ archived }, value) => `${archived}` === value,
  fork: ({ fork }, value) => value === 'true' || value === 'only' || !fork,
  is: (repository, value) => (value === 'private' ? repository.private : !repository.private),
  in: () => true,
}

/** The words in a name, description or topic, and the qualifiers above. @throws ApiError 422 for no query or an unknown sort. */
function search({ query, world, viewer }: Call): Repository[] {
  const q = query.get('q')?.trim()
  if (!q) throw invalid({ resource: 'Search', field: 'q', code: 'missing' })
  const terms = q.toLowerCase().match(/(?:[^\s"]|"[^"]*")+/g) ?? []
  const found = world.repositories().filter((repository) => {
    return world.visible(repository, viewer) && terms.every((term) => fits(repository, term))
  })
  const order = orders[query.get('sort') ?? 'stars'] ?? orders.stars
  const ascending = found.toSorted(order)
  return query.get('order') === 'asc' ? ascending : ascending.reverse()
}

function fits(repository: Repository, term: string): boolean {
  const [, name = '', value = ''] = /^(\w+):(.+)$/.exec(term) ?? []
  const qualifier = qualifiers[name]
  if (qualifier) return qualifier(repository, value.replaceAll('"', ''))
  const { name: short, description, topics } = repository
  return [short, description ?? '', ...topics].some((text) =>
    text.toLowerCase().includes(term.replaceAll('"', '')),
  )
}
