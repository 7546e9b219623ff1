import { type Dispatcher, EnvHttpProxyAgent } from 'undici'

export type Environment = Record<string, string | undefined>

export interface DispatcherOptions {
  /** github.yaml's `proxy`; null: what the environment says. */
  proxy: string | null
  env: Environment
  /** Milliseconds without progress after which a connection, a header or a body counts as lost. */
  stallTimeout: number
}

/**
 * The one pool of connections, for the API, git and storage alike.
 * `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` are honoured in both cases, as curl does.
 */
export function createDispatcher({ proxy, env, stallTimeout }: DispatcherOptions): Dispatcher {
  const variable = (name: string) => env[name.toLowerCase()] || env[name] || undefined
  const everything = proxy ?? variable('ALL_PROXY')
  return new EnvHttpProxyAgent({
    httpProxy: proxy ?? variable('HTTP_PROXY') ?? everything ?? '',
    httpsProxy: proxy ?? variable('HTTPS_PROXY') ?? everything ?? '',
    noProxy: variable('NO_PROXY') ?? '',
    headersTimeout: stallTimeout,
    bodyTimeout: stallTimeout,
    connect: { timeout: Math.min(stallTimeout, 30_000) },
    keepAliveTimeout: 10_000,
  })
}
