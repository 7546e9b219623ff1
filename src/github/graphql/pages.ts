import { GitHubNetworkError, UsageError } from '../../base/errors.js'
import type { Api } from '../rest/api.js'
import { askGraphql, errorOf } from './graphql.js'

export interface GraphqlPages {
  /** The data of each page, in order. */
  pages: Record<string, unknown>[]
  /** What ended the pages early; null if these are all. */
  error: unknown
}

/** As for listings of the REST API. */
const mostPages = 1000

/**
 * All pages of the one connection whose `pageInfo` a query asks for. The query takes the cursor
 * after which a page begins as `$endCursor: String`. An error after the first page is returned with
 * the pages before it; an error of GraphQL, with the data of its page too.
 * https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api
 *
 * @param variables may have an `endCursor`, after which the first page begins
 * @throws UsageError for a query that has no pages, or those of several connections; the errors of
 *   the first request
 */
export async function askAllPages(
  api: Api,
  query: string,
  variables: Record<string, unknown>,
): Promise<GraphqlPages> {
  if (!/\$endCursor\s*:/.test(query)) throw noPages('takes no $endCursor')
  const pages: GraphqlPages['pages'] = []
  const seen = new Set<unknown>()
  let endCursor: unknown = variables.endCursor ?? null
  try {
    do {
      seen.add(endCursor)
      const answer = await askGraphql(api, query, { ...variables, endCursor })
      if (answer.data !== null) pages.push(answer.data)
      const error = errorOf(answer)
      if (error !== null) return { pages, error }
      endCursor = cursorAfter(answer.data)
      if (seen.has(endCursor) || pages.length === mostPages) throw noEnd()
    } while (endCursor !== undefined)
    return { pages, error: null }
  } catch (error) {
    const isOfTheQuery = error instanceof UsageError && pages.length === 1
    if (pages.length === 0 || isOfTheQuery) throw error
    return { pages, error }
  }
}

/** undefined after the last page. @throws UsageError */
function cursorAfter(data: unknown): unknown {
  const [info, another] = pageInfosIn(data)
  if (info === undefined) throw noPages('asks for no pageInfo')
  if (another !== undefined) throw noPages('asks for the pageInfo of several connections')
  const { hasNextPage, endCursor } = info
  if (typeof hasNextPage !== 'boolean' || endCursor === undefined) {
    throw noPages('asks for a pageInfo without hasNextPage and endCursor')
  }
  if (!hasNextPage) return undefined
  if (typeof endCursor !== 'string') throw noEnd()
  return endCursor
}

function pageInfosIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'pageInfo' && typeof inner === 'object' && inner !== null ? inner : pageInfosIn(inner),
  )
}

const noPages = (what: string) =>
  new UsageError(`the query ${what}`, {
    hint: 'pages need query($endCursor: String) { … (first: 100, after: $endCursor) { … pageInfo { hasNextPage endCursor } } }',
  })

const noEnd = () => new GitHubNetworkError('the pages have no end: the cursor does not advance')
