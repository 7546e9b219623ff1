import type * as undici from 'undici'
import connect from 'undici/lib/api/api-connect.js'
import request from 'undici/lib/api/api-request.js'
import agent from 'undici/lib/dispatcher/agent.js'
import dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import pool from 'undici/lib/dispatcher/pool.js'
import proxyAgent from 'undici/lib/dispatcher/proxy-agent.js'

/*
 * Imports only the parts of undici that wizard uses. undici's index also loads fetch, WebSocket,
 * caches and mocks, which takes longer than most commands run. It adds `request` and `connect` (a
 * proxy's tunnel) to the prototype in the same way.
 */
Object.assign(dispatcher.prototype, { request, connect })

const Agent: typeof undici.Agent = agent
const Pool: typeof undici.Pool = pool
const ProxyAgent: typeof undici.ProxyAgent = proxyAgent

export interface AgentOptions {
  /** Milliseconds without progress after which a connection, a header or a body has failed. */
  stallTimeout: number
  proxyOf: (url: URL) => URL | undefined
}

/** undici's connection pools, one per origin. */
export function openAgent({ stallTimeout, proxyOf }: AgentOptions): undici.Dispatcher {
  const timeouts = {
    headersTimeout: stallTimeout,
    bodyTimeout: stallTimeout,
    keepAliveTimeout: 10_000,
  }
  const connect = { timeout: Math.min(stallTimeout, 30_000) }
  return new Agent({
    ...timeouts,
    connect,
    factory(origin, options) {
      const url = new URL(origin)
      const proxy = proxyOf(url)
      return proxy ? throughProxy(proxy, url, timeouts, connect) : new Pool(origin, options)
    },
  })
}

function throughProxy(
  proxy: URL,
  to: URL,
  timeouts: undici.Pool.Options,
  connect: { timeout: number },
) {
  const pool = (origin: URL, { connect, ...options }: undici.Pool.Options) =>
    new Pool(origin, {
      ...timeouts,
      ...options,
      connect: typeof connect === 'function' ? failingTunnel(connect) : connect,
    })
  return new ProxyAgent({
    ...timeouts,
    ...address(proxy),
    // The proxy itself fetches plain http: few proxies allow a tunnel to any port but 443 (RFC
    // 9110, 7.3.2).
    proxyTunnel: to.protocol === 'https:',
    proxyTls: connect,
    requestTls: connect,
    clientFactory: pool,
    factory: pool,
  })
}

/**
 * undici connects again without end where a connection fails by `UND_ERR_SOCKET`, as a tunnel does
 * whose proxy closes instead of answering CONNECT. By another code the request fails.
 */
const failingTunnel =
  (connect: undici.buildConnector.connector): undici.buildConnector.connector =>
  (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error === null) return callback(null, socket)
      const isClosed = 'code' in error && error.code === 'UND_ERR_SOCKET'
      callback(
        isClosed ? Object.assign(new Error(error.message), { code: 'ECONNRESET' }) : error,
        null,
      )
    })

/** undici sends no credential for a user without a password, and socks needs both separately. */
function address(proxy: URL): { uri: string; token?: string } {
  if (proxy.username === '' || proxy.protocol.startsWith('socks')) return { uri: proxy.href }
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  const uri = new URL(proxy)
  uri.username = ''
  uri.password = ''
  return { uri: uri.href, token: `Basic ${Buffer.from(user).toString('base64')}` }
}
