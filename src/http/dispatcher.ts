import type { Readable } from 'node:stream'
import type { Dispatcher as UndiciDispatcher } from 'undici'
import { type ProxySettings, proxyChooser } from './proxy.js'

/** What sends requests: as much of undici's as is used, which is one as well. */
export interface Dispatcher {
  request(options: DispatchedRequest): Promise<DispatchedAnswer>
  /** Ends its connections. */
  destroy(): Promise<void>
}

export interface DispatchedRequest {
  origin: string
  /** With the query. */
  path: string
  method: string
  headers?: Record<string, string> | undefined
  body?: string | Uint8Array | Readable | null | undefined
  signal?: AbortSignal | null | undefined
}

export interface DispatchedAnswer {
  statusCode: number
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>
  /** `dump` reads it to its end and forgets it, so that the connection can be used again. */
  body: Readable & { text(): Promise<string>; dump(): Promise<void> }
}

export interface DispatcherOptions extends ProxySettings {
  /** Milliseconds without progress after which a connection, a header or a body counts as lost. */
  stallTimeout: number
}

/**
 * The one pool of connections, for the API, git and storage alike; undici is loaded for the first request. Proxies are
 * those of `proxy`, or of `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`; undici's own reading of them sends
 * https through `HTTP_PROXY`, knows no `ALL_PROXY` and no networks, and drops the time-outs where there is no tunnel.
 *
 * @throws ConfigError for a proxy whose address is none.
 */
export function createDispatcher({ stallTimeout, ...settings }: DispatcherOptions): Dispatcher {
  const proxyOf = proxyChooser(settings)
  let agent: Promise<UndiciDispatcher> | undefined
  const open = () => {
    agent ??= import('./agent.js').then(({ openAgent }) => openAgent({ stallTimeout, proxyOf }))
    return agent
  }
  return {
    request: async (options) => (await open()).request(options),
    destroy: async () => (await agent)?.destroy(),
  }
}
