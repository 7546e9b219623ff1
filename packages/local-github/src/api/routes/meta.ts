import { randomBytes } from 'node:crypto'
import { notFound } from '../errors.js'
import type { Limits } from '../limits.js'
import { type Route, route } from '../route.js'
import { indexPage } from '../shapes/index-page.js'

/** The index, rate limits, and an app's tokens: https://docs.github.com/rest/rate-limit, https://docs.github.com/rest/apps/apps */
export const metaRoutes = (limits: Limits): Route[] => [
  route('GET /', ({ addresses }) => ({ data: indexPage(addresses) })),
  route('GET /rate_limit', ({ viewer }) => {
    const core = limits.read('core', viewer)
    const search = limits.read('search', viewer)
    const graphql = limits.read('graphql', viewer)
    return { data: { resources: { core, search, graphql }, rate: core } }
  }),
  route('POST /app/installations/{installation_id}/access_tokens', (call) => {
    call.requireViewer()
    if (call.id('installation_id') <= 0) throw notFound()
    const token = `ghs_${randomBytes(18).toString('hex')}`
    call.world.tokens.add(token)
    const expires_at = new Date(Date.now() + 3_600_000).toISOString()
    const permissions = { contents: 'write', metadata: 'read', actions: 'write' } as const
    return {
      status: 201,
      data: { token, expires_at, permissions, repository_selection: 'all' as const },
    }
  }),
]
