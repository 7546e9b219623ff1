import type { Account, Repository } from '../../../model/repository.js'
import { orders, searchRepositories } from '../../../model/search.js'
import type { Call } from '../../call.js'
import { invalid, notFound } from '../../errors.js'
import { page } from '../../page.js'
import { type Route, route } from '../../route.js'
import { fullRepository, listedRepository } from '../../shapes/repository.js'

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
  route('GET /installation/repositories', (call) => {
    call.requireViewer()
    const { data, headers } = list(call, call.world.repositories())
    return { data: { total_count: call.world.repositories().length, repositories: data }, headers }
  }),
  route('GET /search/repositories', (call) => {
    const query = call.query.get('q')?.trim()
    if (!query) throw invalid({ resource: 'Search', field: 'q', code: 'missing' })
    const ascending = call.query.get('order') === 'asc'
    const asked = { query, sort: call.query.get('sort'), ascending }
    const found = searchRepositories(call.world, call.viewer, asked)
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

/** By creation, newest first, by default; by name in ascending order. */
function sorted(repositories: Repository[], query: URLSearchParams): Repository[] {
  const name = query.get('sort') ?? 'created'
  const order = orders[name]
  if (!order) return repositories
  const direction = query.get('direction') ?? (name === 'full_name' ? 'asc' : 'desc')
  const inOrder = repositories.toSorted(order)
  return direction === 'asc' ? inOrder : inOrder.reverse()
}
