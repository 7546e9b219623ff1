import { type Account, fullName, type Repository } from './repository.js'
import type { World } from './world.js'

type Compare = (a: Repository, b: Repository) => number

/** The sort orders of a list of repositories, ascending. */
export const orders: Record<string, Compare> = {
  created: (a, b) => a.createdAt.localeCompare(b.createdAt) || a.id - b.id,
  updated: (a, b) => a.updatedAt.localeCompare(b.updatedAt) || a.id - b.id,
  pushed: (a, b) => a.pushedAt.localeCompare(b.pushedAt) || a.id - b.id,
  full_name: (a, b) => fullName(a).localeCompare(fullName(b)),
  stars: (a, b) => a.stars - b.stars,
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
  sort: () => true,
  stars: ({ stars }, value) => stars >= Number(value.replace(/\D/g, '')),
}

export interface Search {
  /**
   * Words and qualifiers
   * (https://docs.github.com/search-github/searching-on-github/searching-for-repositories).
   */
  query: string
  /** Default: by stars, most first. */
  sort?: string | null
  ascending?: boolean
}

/**
 * The repositories that have every word in a name, description or topic, and match every qualifier.
 */
export function searchRepositories(world: World, viewer: Account | null, search: Search) {
  const terms = search.query.toLowerCase().match(/(?:[^\s"]|"[^"]*")+/g) ?? []
  const [, named, direction] = /\bsort:(\w+)(?:-(asc|desc))?/.exec(search.query) ?? []
  const order = orders[search.sort ?? named ?? 'stars'] ?? orders.stars
  const found = world
    .repositories()
    .filter((item) => world.visible(item, viewer) && terms.every((term) => fits(item, term)))
    .toSorted(order)
  return search.ascending || direction === 'asc' ? found : found.reverse()
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
