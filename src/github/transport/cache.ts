import { crypto } from '../../base/builtin.js'
import type { ApiRequest, ApiResponse, Layer } from './message.js'

const defaultCapacity = 16 * 1024 * 1024
/** The approximate size of an entry besides its body, in bytes. */
const overhead = 2048

/**
 * Caches answers with an ETag and revalidates them with `If-None-Match`: an unchanged answer is a
 * 304, which does not count against the rate limit. The cache is in memory and limited in bytes;
 * the least recently used entries are evicted. It runs after `authorize`, so that only the same
 * credential gets a cached answer.
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
 */
export function cacheByEtag(capacity = defaultCapacity): Layer {
  const store = createStore(capacity)
  return (next) => async (request) => {
    if (request.method !== 'GET' || 'if-none-match' in request.headers) return next(request)
    const key = keyOf(request)
    const stored = store.get(key)
    const etag = stored?.headers.etag
    if (stored === undefined || etag === undefined) return remember(await next(request), key)
    const headers = { ...request.headers, 'if-none-match': etag }
    const response = await next({ ...request, headers })
    if (response.status !== 304) return remember(response, key)
    // The headers of a 304 are new: the calls that are left, the request's id, the date.
    return { ...stored, headers: { ...stored.headers, ...response.headers } }
  }

  function remember(response: ApiResponse, key: string): ApiResponse {
    if (response.status === 200 && response.headers.etag !== undefined) store.set(key, response)
    return response
  }
}

function keyOf({ url, headers }: ApiRequest): string {
  const parts = [url.href, headers.accept ?? '', headers.authorization ?? '']
  return crypto().createHash('sha256').update(JSON.stringify(parts)).digest('base64')
}

function createStore(capacity: number) {
  const entries = new Map<string, ApiResponse>()
  let bytes = 0
  const sizeOf = (entry: ApiResponse) => entry.body.length + overhead
  const drop = (key: string) => {
    const entry = entries.get(key)
    if (entry !== undefined && entries.delete(key)) bytes -= sizeOf(entry)
    return entry
  }
  return {
    get(key: string) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      // A Map keeps insertion order, so its first entry is the least recently used one.
      entries.delete(key)
      entries.set(key, entry)
      return entry
    },
    set(key: string, entry: ApiResponse) {
      drop(key)
      if (sizeOf(entry) > capacity) return
      entries.set(key, entry)
      bytes += sizeOf(entry)
      for (const oldest of entries.keys()) {
        if (bytes <= capacity) break
        drop(oldest)
      }
    },
  }
}
