import { GitHubNetworkError } from '../../base/errors.js'
import { checkServer } from '../errors.js'
import type { Octokit } from './octokit.js'

/** Default: all pages. */
export interface Paging {
  /** At most 100; default: 30 with `page`, otherwise the maximum. */
  perPage?: number | undefined
  /** From 1: only this page. */
  page?: number | undefined
  /** The most items in all. */
  limit?: number | undefined
}

export interface PagingCall extends Paging {
  /** Receives the headers of each page. */
  onHeaders?: ((headers: ResponseHeaders) => void) | undefined
}

type Endpoint = Parameters<Octokit['paginate']>[0]
type ResponseHeaders = Record<string, string | number | undefined>
type Page = { data: unknown; headers: ResponseHeaders }
type ListPage = Page & { data: unknown[] }

/** No account has so many repositories; this stops at a server that always names a next page. */
const mostPages = 1000

/**
 * The items of a listing: one page, or all of them. Returns the complete list or throws.
 * https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export async function pagesOf(
  octokit: Octokit,
  route: Endpoint,
  parameters: Record<string, unknown>,
  { perPage, page, limit = Number.POSITIVE_INFINITY, onHeaders }: PagingCall = {},
): Promise<unknown[]> {
  const size = Math.min(100, perPage ?? (page === undefined ? Math.min(100, limit) : 30))
  const first = { ...parameters, per_page: size, page }
  const items: unknown[] = []
  for await (const { data, headers } of eachPage(octokit, route, first)) {
    onHeaders?.(headers)
    for (const item of data) items.push(item)
    if (page !== undefined || items.length >= limit) break
  }
  return items.slice(0, limit)
}

/** The pages of a listing, each requested when it is wanted. */
export async function* eachPage(
  octokit: Octokit,
  route: Endpoint,
  parameters: Record<string, unknown>,
): AsyncGenerator<ListPage> {
  const all: AsyncIterable<Page> = octokit.paginate.iterator(route as never, parameters as never)
  let pages = 0
  for await (const { data, headers } of readable(all)) {
    if (!Array.isArray(data)) throw noList()
    yield { data, headers }
    pages++
    if (pages === mostPages) throw new GitHubNetworkError('the listing has no end')
    assertNextPage(headers.link)
  }
}

/** Octokit takes the list out of each answer, and fails where the answer has another shape. */
async function* readable(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  try {
    yield* pages
  } catch (error) {
    throw error instanceof TypeError ? noList(error) : error
  }
}

const noList = (cause?: unknown) =>
  new GitHubNetworkError(
    'the server did not answer as the GitHub API does: a listing has no list',
    {
      hint: checkServer,
      cause,
    },
  )

/** Octokit requests the link as it is. @throws GitHubNetworkError if it climbs out of its folder */
function assertNextPage(link: unknown): void {
  const next = /<([^>?]+)[^>]*>;\s*rel="next"/.exec(String(link ?? ''))?.[1] ?? ''
  if (
    next
      .replaceAll(/%2e/gi, '.')
      .split('/')
      .some((part) => /^\.\.?$/.test(part))
  )
    throw new GitHubNetworkError('the next page of a listing is at an address with . or .. in it', {
      hint: checkServer,
    })
}
