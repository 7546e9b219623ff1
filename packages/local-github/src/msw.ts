import { http, type RequestHandler } from 'msw'
import type { Handler } from './http/serve.js'

/**
 * The same GitHub for msw, under its well-known names (`https://api.github.com` …) as under its own.
 * It sees what goes through the global `fetch`, not undici's own `request`.
 */
export const mswHandlers = (github: { handle: Handler }): RequestHandler[] => [
  http.all('*', ({ request }) => github.handle(request)),
]
