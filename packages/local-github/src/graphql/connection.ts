import { FieldFailure } from './context.js'

export interface PageArguments {
  first?: number | null
  after?: string | null
  last?: number | null
  before?: string | null
}

const cursorOf = (index: number) => Buffer.from(`cursor:${index}`).toString('base64')
const indexOf = (cursor: string) =>
  Number(Buffer.from(cursor, 'base64').toString().slice('cursor:'.length))

/** A page of a list, as https://docs.github.com/graphql/guides/using-pagination-in-the-graphql-api. @throws FieldFailure */
export function connection<T>(all: T[], { first, after, last, before }: PageArguments) {
  const asked = first ?? last
  if (asked === undefined || asked === null) {
    throw new FieldFailure(
      'MISSING_PAGINATION_BOUNDARIES',
      'You must provide a `first` or `last` value.',
    )
  }
  if (asked < 0 || asked > 100) {
    throw new FieldFailure(
      'EXCESSIVE_PAGINATION',
      `Requesting ${asked} records exceeds the limit of 100.`,
    )
  }
  const from = after ? indexOf(after) + 1 : 0
  const to = before ? indexOf(before) : all.length
  const start = first == null ? Math.max(from, to - asked) : from
  const end = first == null ? to : Math.min(to, from + asked)
  const nodes = all.slice(start, end)
  return {
    nodes,
    edges: nodes.map((node, index) => ({ node, cursor: cursorOf(start + index) })),
    totalCount: all.length,
    repositoryCount: all.length,
    pageInfo: {
      hasNextPage: end < all.length,
      hasPreviousPage: start > 0,
      startCursor: nodes.length > 0 ? cursorOf(start) : null,
      endCursor: nodes.length > 0 ? cursorOf(end - 1) : null,
    },
  }
}
