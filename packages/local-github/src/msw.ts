import { http, type RequestHandler } from 'msw'
import type { Handler } from './http/serve.js'

/**
 * The same GitHub for msw, under its well-known names (`https://api.github.com` …) and its own. msw
 * sees requests of the global `fetch`, but not of undici's `request`.
 */
export const mswHandlers = (github: { handle: Handler }): RequestHandler[] => [
  http.all('*', ({ request }) => github.handle(request)),
]
