import type { Readable } from 'node:stream'
import type { Dispatcher as UndiciDispatcher } from 'undici'
import { onAbort } from '../base/async/on-abort.js'
import { GitHubNetworkError } from '../base/errors.js'
import { type ProxySettings, proxyChooser } from '../base/proxy.js'

/** Sends requests: the part of undici's Dispatcher that wizard uses. undici's own fits. */
export interface Dispatcher {
  request(options: DispatchedRequest): Promise<DispatchedAnswer>
  /** Closes its connections. */
  destroy(): Promise<void>
}

export interface DispatchedRequest {
  origin: string
  /** Includes the query. */
  path: string
  method: string
  headers?: Record<string, string> | undefined
  body?: string | Uint8Array | Readable | null | undefined
  signal?: AbortSignal | null | undefined
}

export interface DispatchedAnswer {
  statusCode: number
  /** Names are in lower case. */
  headers: Record<string, string | string[] | undefined>
  /** `dump` reads the body to its end and drops it, so that the connection can be reused. */
  body: Readable & { text(): Promise<string>; dump(): Promise<void> }
}

export interface DispatcherOptions extends ProxySettings {
  /** Milliseconds without progress after which a connection, a header or a body has failed. */
  stallTimeout: number
}

/**
 * The one connection pool, for the API, git and storage; undici is loaded with the first request.
 * The proxy is `proxy`, or comes from `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
 * undici's own proxy support sends https through `HTTP_PROXY`, ignores `ALL_PROXY` and networks,
 * and drops the time-outs of requests without a tunnel.
 *
 * @throws ConfigError for an invalid proxy address
 */
export function createDispatcher({ stallTimeout, ...settings }: DispatcherOptions): Dispatcher {
  const proxyOf = proxyChooser(settings)
  let agent: Promise<UndiciDispatcher> | undefined
  let isDestroyed = false
  const open = () => {
    agent ??= import('./agent.js').then(({ openAgent }) => openAgent({ stallTimeout, proxyOf }))
    return agent
  }
  return {
    async request(options) {
      // Without this check, a request after `destroy` could open a new pool.
      if (isDestroyed) throw new GitHubNetworkError('the client is closed')
      const dispatcher = await open()
      const onInfo = informationalLimit(stallTimeout)
      return untilAborted(options.signal, (signal) =>
        dispatcher.request({ ...options, signal, onInfo }),
      )
    },
    async destroy() {
      isDestroyed = true
      await (await agent)?.destroy()
    },
  }
}

/**
 * undici waits anew after each informational answer (RFC 9110, 15.2), so a server could send them
 * without end.
 *
 * @param most milliseconds from the first one
 * @throws what undici throws for an answer that does not come
 */
function informationalLimit(most: number): () => void {
  let begun: number | undefined
  return () => {
    begun ??= performance.now()
    if (performance.now() - begun < most) return
    const code = 'UND_ERR_HEADERS_TIMEOUT'
    throw Object.assign(new Error('only informational answers'), { code })
  }
}

/**
 * undici looks at a signal only once a request has a connection: a proxy that does not answer CONNECT
 * would hold it. An answer that still comes is dropped.
 *
 * @throws the signal's reason
 */
async function untilAborted(
  signal: AbortSignal | null | undefined,
  request: (signal?: AbortSignal) => Promise<DispatchedAnswer>,
): Promise<DispatchedAnswer> {
  if (!signal) return request()
  signal.throwIfAborted()
  // Many requests share the caller's signal, and each waits for it for as long as its body lasts.
  const own = new AbortController()
  let release = () => {}
  const aborted = new Promise<never>((_, reject) => {
    release = onAbort(signal, () => {
      reject(signal.reason)
      own.abort(signal.reason)
    })
  })
  const sent = request(own.signal)
  try {
    const answer = await Promise.race([sent, aborted])
    answer.body.once('close', release)
    return answer
  } catch (error) {
    release()
    sent.then(({ body }) => body.destroy()).catch(() => {})
    throw error
  } finally {
    // An abort while the body is read rejects it, and nobody waits for this any more.
    aborted.catch(() => {})
  }
}
