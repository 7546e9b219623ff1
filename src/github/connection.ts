import { once } from '../base/async/once.js'
import { type Clock, systemClock } from '../base/clock.js'
import type { Environment } from '../base/environment.js'
import { GitHubNetworkError } from '../base/errors.js'
import { defaultBaseUrl, gitUrlOf, webHostOf, withoutSlash } from '../base/names/host.js'
import { createRedactor, type Redactor } from '../base/redact.js'
import { createDispatcher, type Dispatcher } from '../http/dispatcher.js'
import type { Fetch } from '../http/fetch.js'
import type { Host } from '../process/host.js'
import { parseBaseUrl } from './addresses.js'
import { type AppSettings, appTokens } from './auth/app.js'
import {
  type CallCredentials,
  type Credentials,
  CredentialWaiters,
  createCredentials,
  type TokenSource,
  tokenSources,
} from './auth/credentials.js'
import { createOctokit, type Octokit } from './rest/octokit.js'
import type { RestVersion } from './transport/api-version.js'
import type { Send } from './transport/message.js'
import type { TransportCall } from './transport/record.js'
import type { Transport, Transports } from './transport/transport.js'

export interface ConnectionOptions {
  /**
   * Default: `GH_TOKEN`, `GITHUB_TOKEN` of `env`, then `gh auth token`; public data is read
   * without.
   */
  token?: string | (() => string | Promise<string>) | null | undefined
  /**
   * The token's name in messages; default: its variable in `env`, or the configuration. @internal
   */
  tokenSource?: string | undefined
  /** A GitHub App instead of a token. */
  app?: AppSettings | null | undefined
  owner?: string | null | undefined
  /** Default: https://api.github.com. https only, except on loopback. */
  baseUrl?: string | undefined
  /** The git server of the repositories; default: derived from `baseUrl`. */
  gitUrl?: string | null | undefined
  /** Seconds without progress on one request; default: 30. */
  timeout?: number | undefined
  /** How many times a request is sent again; default: 3. */
  retryAttempts?: number | undefined
  /** Default: the `*_PROXY` of `env`. */
  proxy?: string | null | undefined
  /** For tokens, proxies and `gh`; default: that of `host`, otherwise empty. */
  env?: Environment | undefined
  /**
   * The process that the client works for. RepoSync and the other facades need it to mark their
   * work. @internal
   */
  host?: Host | undefined
  clock?: Clock | undefined
  /** Default: the client's own, which `close` closes. @internal */
  dispatcher?: Dispatcher | undefined
  /** @internal */
  fetch?: Fetch | undefined
  /** @internal */
  random?: (() => number) | undefined
  /** Receives every credential; default: the client's own. @internal */
  redactor?: Redactor | undefined
  userAgent?: string | undefined
}

/**
 * What all calls of a client share: addresses, connections, the credential, cached answers and
 * active rate limits. Does nothing before the first request.
 *
 * @throws ConfigError for an invalid address
 */
export class Connection {
  readonly baseUrl: URL
  readonly gitUrl: string
  readonly owner: string | null
  readonly clock: Clock
  readonly host: Host | null
  readonly redactor: Redactor
  readonly dispatcher: Dispatcher
  readonly #options: ConnectionOptions
  readonly #credentials: Credentials
  readonly #waiters = new CredentialWaiters()
  /** Loaded by the first request, because an offline command sends none. */
  readonly #transports = once(() => this.#createTransports())
  readonly #closing = new AbortController()

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.clock = options.clock ?? systemClock
    this.host = options.host ?? null
    this.baseUrl = parseBaseUrl(options.baseUrl ?? defaultBaseUrl)
    this.gitUrl = options.gitUrl
      ? withoutSlash(parseBaseUrl(options.gitUrl, 'git_url').href)
      : gitUrlOf(this.baseUrl)
    this.owner = options.owner ?? null
    this.redactor = options.redactor ?? createRedactor()
    this.dispatcher = options.dispatcher ?? this.#createDispatcher()
    this.#credentials = createCredentials(this.#tokenSources(), this.redactor.add)
  }

  /** The credential for one call. */
  credentials(call: TransportCall): CallCredentials {
    return this.#waiters.forCall(this.#credentials, call)
  }

  transport(call: TransportCall, credentials: CallCredentials): Transport {
    const opened = once(async () => (await this.#transports()).open(call, credentials))
    return {
      send: async (request) => (await opened()).send(request),
      transfer: async (request) => (await opened()).transfer(request),
    }
  }

  /** The version of the REST API that the server and wizard agree on. */
  async restVersion(): Promise<RestVersion> {
    return (await this.#transports()).restVersion
  }

  octokit(send: Send): Promise<Octokit> {
    return createOctokit({ baseUrl: this.baseUrl, userAgent: this.#userAgent, send })
  }

  /** Closes its own connections, and stops the search for a credential. */
  async close(): Promise<void> {
    this.#closing.abort(new GitHubNetworkError('the client is closed'))
    if (this.#options.dispatcher === undefined) await this.dispatcher.destroy()
  }

  #createDispatcher(): Dispatcher {
    const { proxy = null, timeout = 30 } = this.#options
    const env = this.#env
    return createDispatcher({ proxy, env, stallTimeout: timeout * 1000 })
  }

  #tokenSources(): TokenSource[] {
    const { app, token, tokenSource, owner } = this.#options
    const env = this.#env
    const { signal } = this.#closing
    if (app) {
      const octokit = async () => {
        const own = this.#waiters.fetchingCall(this.clock, signal)
        const { anonymous } = await this.#transports()
        return this.octokit(anonymous(own))
      }
      return [appTokens(app, { owner, clock: this.clock, octokit })]
    }
    // gh names hosts without ports.
    const host = webHostOf(this.baseUrl).replace(/:\d+$/, '')
    const gh = async () => (await import('./auth/gh.js')).ghToken(host, env, signal)
    return tokenSources({ token, tokenSource, env, gh })
  }

  async #createTransports(): Promise<Transports> {
    const { createTransports } = await import('./transport/transport.js')
    const { retryAttempts = 3, fetch, random = Math.random } = this.#options
    return createTransports({
      baseUrl: this.baseUrl,
      userAgent: this.#userAgent,
      dispatcher: this.dispatcher,
      fetch,
      retryAttempts,
      clock: this.clock,
      random,
      redact: this.redactor,
    })
  }

  get #env(): Environment {
    return this.#options.env ?? this.host?.env ?? {}
  }

  get #userAgent(): string {
    return this.#options.userAgent ?? 'udos-wizard'
  }
}
