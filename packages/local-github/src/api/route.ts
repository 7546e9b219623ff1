import type { Endpoints } from '@octokit/types'
import type { Call } from './call.js'

/** As in GitHub's documentation: `GET /repos/{owner}/{repo}`. */
export type RouteName = keyof Endpoints

/** The documented answer of a route. */
export type Data<R extends RouteName> = Endpoints[R]['response']['data']

/** A body of the documented shape, or a Response (bytes, redirects) as it is. */
export type Answer<T> = { data: T; status?: number; headers?: Record<string, string> } | Response

export interface Route {
  /** As in GitHub's documentation. */
  name: string
  method: string
  pattern: RegExp
  handle(call: Call): Promise<Answer<unknown>>
}

/** A route. It does not compile unless its answer has the documented shape. */
export function route<R extends RouteName>(
  name: R,
  handle: (call: Call) => Answer<Data<R>> | Promise<Answer<Data<R>>>,
): Route {
  const [method = '', template = ''] = name
    .replace('{origin}', '')
    .replace('{?name,label}', '')
    .split(' ')
  return { name, method, pattern: patternOf(template), handle: async (call) => handle(call) }
}

/** `{name}` matches one segment. Paths, and refs at the end, may also contain slashes. */
function patternOf(template: string): RegExp {
  const source = template
    .replaceAll(/[.]/g, '\\.')
    .replace(/\/\{path\}$/, '(?:/(?<path>.*))?')
    .replace(/\{(ref|branch)\}$/, '(?<$1>.+?)')
    .replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')
  return new RegExp(`^${source}/?$`)
}

export const noContent = () => new Response(null, { status: 204 })
