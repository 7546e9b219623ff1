import type { Call } from './call.js'

export interface Page<T> {
  items: T[]
  headers: Record<string, string>
}

/**
 * One page of a list, and a Link header (RFC 8288) to the others. The links use ids, as GitHub's
 * do.
 */
export function page<T>(call: Call, all: T[], { most = 100 }: { most?: number } = {}): Page<T> {
  const size = Math.min(positive(call.query.get('per_page')) ?? 30, most)
  const number = positive(call.query.get('page')) ?? 1
  const last = Math.max(1, Math.ceil(all.length / size))
  const items = all.slice((number - 1) * size, number * size)
  const link = links(call, number, last)
  return { items, headers: link === '' ? {} : { link } }
}

function links(call: Call, number: number, last: number): string {
  const targets = [
    { rel: 'prev', page: number - 1, there: number > 1 },
    { rel: 'next', page: number + 1, there: number < last },
    { rel: 'last', page: last, there: number < last },
    { rel: 'first', page: 1, there: number > 1 },
  ]
  return targets
    .filter(({ there }) => there)
    .map(({ rel, page }) => `<${addressOf(call, page)}>; rel="${rel}"`)
    .join(', ')
}

function addressOf(call: Call, number: number): string {
  const query = new URLSearchParams(call.query)
  query.set('page', `${number}`)
  return `${call.addresses.api}${withIds(call)}?${query}`
}

/** `/repos/o/r/x` as `/repositories/1/x`, `/orgs/o/x` as `/organizations/1/x`, `/users/u/x` as `/user/1/x`. */
function withIds({ world, path }: Call): string {
  const [, kind, first = '', second = '', ...rest] = path.split('/')
  if (kind === 'repos') {
    const repository = world.repository(`${first}/${second}`)
    return repository ? ['/repositories', repository.id, ...rest].join('/') : path
  }
  const account = world.account(first)
  const collection = kind === 'orgs' ? '/organizations' : kind === 'users' ? '/user' : undefined
  return account && collection ? [collection, account.id, second, ...rest].join('/') : path
}

function positive(text: string | null): number | undefined {
  const number = Number(text)
  return text !== null && Number.isInteger(number) && number > 0 ? number : undefined
}
