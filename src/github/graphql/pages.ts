import { GitHubNetworkError, UsageError } from '../../base/errors.js'
import type { Api } from '../rest/api.js'
import { askGraphql, errorOf } from './graphql.js'

export interface JoinedPages {
  /** The first page's data, whose connection has the nodes and edges of all pages. */
  data: Data
  /** What ended the pages early; null if these are all. */
  error: unknown
}

type Data = Record<string, unknown>

/** As for listings of the REST API. */
const mostPages = 1000

/**
 * All pages of the one connection whose `pageInfo` a query asks for, as one answer. The query takes
 * the cursor after which a page begins as `$endCursor: String`. An error after the first page is
 * returned with the pages before it; an error of GraphQL, with the data of its page too.
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
): Promise<JoinedPages> {
  if (!/\$endCursor\s*:/.test(query)) throw noPages('takes no $endCursor')
  const pages: Data[] = []
  const seen = new Set<unknown>()
  let endCursor: unknown = variables.endCursor ?? null
  try {
    do {
      seen.add(endCursor)
      const answer = await askGraphql(api, query, { ...variables, endCursor })
      if (answer.data !== null) pages.push(answer.data)
      const error = errorOf(answer)
      if (error !== null) return joined(pages, error)
      endCursor = cursorAfter(answer.data)
      if (seen.has(endCursor) || pages.length === mostPages) throw noEnd()
    } while (endCursor !== undefined)
    return joined(pages, null)
  } catch (error) {
    const isOfTheQuery = error instanceof UsageError && pages.length === 1
    if (pages.length === 0 || isOfTheQuery) throw error
    return joined(pages, error)
  }
}

/** @throws what ended them if there are none */
function joined([first, ...later]: Data[], error: unknown): JoinedPages {
  if (first === undefined) throw error
  const [whole] = connectionsIn(first)
  for (const page of later) {
    const [next] = connectionsIn(page)
    if (whole === undefined || next === undefined) continue
    whole.nodes?.push(...(next.nodes ?? []))
    whole.edges?.push(...(next.edges ?? []))
    whole.pageInfo = next.pageInfo
  }
  return { data: first, error }
}

/** undefined after the last page. @throws UsageError */
function cursorAfter(data: unknown): unknown {
  const [connection, another] = connectionsIn(data)
  if (connection === undefined) throw noPages('asks for no pageInfo')
  if (another !== undefined) throw noPages('asks for the pageInfo of several connections')
  const { hasNextPage, endCursor } = connection.pageInfo
  if (typeof hasNextPage !== 'boolean' || endCursor === undefined) {
    throw noPages('asks for a pageInfo without hasNextPage and endCursor')
  }
  if (!hasNextPage) return undefined
  if (typeof endCursor !== 'string') throw noEnd()
  return endCursor
}

interface Connection {
  nodes?: unknown[]
  edges?: unknown[]
  pageInfo: Data
}

/** The objects of an answer that have a `pageInfo`, at any depth. */
function connectionsIn(value: unknown): Connection[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.values(value).flatMap(connectionsIn)
  return isConnection(value) ? [value, ...inner] : inner
}

const isConnection = (value: object): value is Connection =>
  'pageInfo' in value && typeof value.pageInfo === 'object' && value.pageInfo !== null

const noPages = (what: string) =>
  new UsageError(`the query ${what}`, {
    hint: 'pages need query($endCursor: String) { … (first: 100, after: $endCursor) { … pageInfo { hasNextPage endCursor } } }',
  })

const noEnd = () => new GitHubNetworkError('the pages have no end: the cursor does not advance')
