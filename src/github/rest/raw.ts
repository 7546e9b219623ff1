import { GitHubNetworkError, UsageError } from '../../base/errors.js'
import { parseExactly } from '../../base/exact-json.js'
import { oneLine } from '../../base/text.js'
import { endpoint } from '../addresses.js'
import { type ApiResponse, jsonTextOf } from '../transport/message.js'
import type { Api } from './api.js'

/** A request to an endpoint without its own operation, as the user typed it. */
export interface RawRequest {
  method: string
  /** Below the API's address: `/repos/uDOS/uDOS`, optionally with a query. */
  path: string
  /** The query of a GET, otherwise the fields of a JSON body. */
  fields: Record<string, unknown>
}

/** The most pages to follow. */
const mostPages = 1000

/**
 * @returns GitHub's whole answer
 * @throws UsageError for a path that would leave the API; the errors of any request
 */
export function callApi(api: Api, { method, path, fields }: RawRequest): Promise<ApiResponse> {
  const url = urlBelow(api, path)
  const headers = { accept: 'application/vnd.github+json' }
  if (method === 'GET' || method === 'HEAD') {
    for (const [name, value] of Object.entries(fields)) url.searchParams.append(name, String(value))
    return api.send({ method, url, headers })
  }
  const body = Object.keys(fields).length > 0 ? JSON.stringify(fields) : undefined
  const typed = body === undefined ? headers : { ...headers, 'content-type': 'application/json' }
  return api.send({ method, url, headers: typed, ...(body === undefined ? {} : { body }) })
}

/**
 * All pages of a listing as one list: the answers themselves, or the list inside them
 * (`workflow_runs`). An answer that is not a listing is returned as it is. Numbers are as
 * `parseExactly` gives them.
 *
 * @throws GitHubNetworkError if a page has no list, UsageError for a method other than GET
 */
export async function callAllPages(api: Api, request: RawRequest): Promise<unknown> {
  if (request.method !== 'GET') throw new UsageError(`only GET has pages, not ${request.method}`)
  const items: unknown[] = []
  const fields = { per_page: 100, ...request.fields }
  let response = await callApi(api, { ...request, fields })
  for (let pages = 1; ; pages++) {
    const next = nextPage(api, response)
    const answer = exactly(response)
    const list = listIn(answer)
    if (list === null && pages === 1 && next === null) return answer
    if (list === null) throw noListing(request.path)
    for (const item of list) items.push(item)
    if (next === null) return items
    if (pages === mostPages) throw new GitHubNetworkError('the listing has no end')
    response = await api.send({
      method: 'GET',
      url: next,
      headers: { accept: 'application/vnd.github+json' },
    })
  }
}

/**
 * Accepts an address of the API as a path too. Refuses everything that a URL parser would turn into
 * another host or folder.
 */
function urlBelow(api: Api, path: string): URL {
  // A URL parser drops tabs and newlines, so that another path would be asked.
  if (/\p{Cc}/u.test(path)) {
    throw new UsageError(`${oneLine(path, 200)} has a control character in it`, {
      hint: 'write it as %09 or %0A if you mean it',
    })
  }
  const isAddress = /^[a-z][a-z\d+.-]*:/i.test(path)
  if (!climbs(path) && (!isAddress || URL.canParse(path))) {
    const url = isAddress ? new URL(path) : endpoint(api.baseUrl, `/${path.replace(/^\//, '')}`)
    const top = api.baseUrl.pathname.replace(/\/$/, '')
    if (url.origin === api.baseUrl.origin && url.pathname.startsWith(`${top}/`)) return url
  }
  throw new UsageError(`${path} is outside the API at ${api.baseUrl.host}`, {
    hint: 'write a path below it: /repos/uDOS/uDOS',
  })
}

/**
 * Refuses `..`, also as %2e%2e; a backslash, which URLs read as a slash; and two slashes, which
 * begin a host.
 */
function climbs(path: string): boolean {
  const [before = ''] = path.split(/[?#]/, 1)
  const segments = before.replaceAll(/%2e/gi, '.').split('/')
  return before.includes('\\') || before.startsWith('//') || segments.includes('..')
}

function exactly(response: ApiResponse): unknown {
  try {
    return parseExactly(jsonTextOf(response))
  } catch {
    return undefined
  }
}

/** The answer itself, or the only list in one that counts its items; null: it is not a listing. */
function listIn(body: unknown): unknown[] | null {
  if (Array.isArray(body)) return body
  const { total_count: total, ...rest } = (body ?? {}) as Record<string, unknown>
  const [only, another] = Object.values(rest).filter(Array.isArray)
  return total === undefined || another !== undefined ? null : (only ?? null)
}

const noListing = (path: string) =>
  new GitHubNetworkError(`${oneLine(path, 200)} is not a listing`, {
    hint: ['leave ', { flag: 'paginate' }, ' out'],
  })

/** https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api#using-link-headers */
function nextPage(api: Api, { headers }: ApiResponse): URL | null {
  const link = /<([^>]+)>;\s*rel="next"/.exec(headers.link ?? '')?.[1]
  if (link === undefined) return null
  if (!URL.canParse(link, api.baseUrl.href)) {
    throw new GitHubNetworkError(`${api.baseUrl.host} redirects to an invalid address`)
  }
  const url = new URL(link, api.baseUrl)
  if (url.origin === api.baseUrl.origin && !climbs(link.replace(/^https?:\/\/[^/]*/, '')))
    return url
  if (url.origin === api.baseUrl.origin)
    throw new GitHubNetworkError(`the next page is at ${oneLine(link, 200)}, which has .. in it`)
  throw new GitHubNetworkError(`the next page is on ${url.host}, which is not ${api.baseUrl.host}`)
}
