import type { Dispatcher as Undici } from 'undici'
import type { Dispatcher } from './dispatcher.js'

type RequestOptions = Omit<Undici.RequestOptions, 'origin' | 'path'>

/** One request over the dispatcher's connections; no redirect is followed. */
export function send(
  to: Dispatcher,
  { origin, pathname, search }: URL,
  options: RequestOptions,
): Promise<Undici.ResponseData> {
  return to.request({ ...options, origin, path: pathname + search })
}

/** Names in lower case; the values of a repeated one joined. */
export function joinHeaders(headers: Undici.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]),
  )
}
