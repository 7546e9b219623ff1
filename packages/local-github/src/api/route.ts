import type { Endpoints } from '@octokit/types'
import type { Call } from './call.js'

/** As GitHub's documentation writes it: `GET /repos/{owner}/{repo}`. */
export type RouteName = keyof Endpoints

/** What the documentation says that a route answers. */
export type Data<R extends RouteName> = Endpoints[R]['response']['data']

/** An answer with a body that must have the documented shape, or bytes and redirects as they are. */
export type Answer<T> = { data: T; status?: number; headers?: Record<string, string> } | Response

export interface Route {
  /** As GitHub's documentation writes it. */
  name: string
  method: string
  pattern: RegExp
  handle(call: Call): Promise<Answer<unknown>>
}

/** A route whose answer does not compile unless it has the documented shape. */
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

/** `{name}` is one segment, except what may hold slashes: a path and a ref at the end. */
function patternOf(template: string): RegExp {
  const source = template
    .replaceAll(/[.]/g, '\\.')
    .replace(/\/\{path\}$/, '(?:/(?<path>.*))?')
    .replace(/\{(ref|branch)\}$/, '(?<$1>.+?)')
    .replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')
  return new RegExp(`^${source}/?$`)
}

export const noContent = () => new Response(null, { status: 204 })
