import { type Clock, systemClock } from '../base/clock.js'
import type { CommonEvent, Emit } from '../base/events.js'
import { createRedactor, type Redactor } from '../base/redact.js'
import type { Git } from '../git/types.js'
import { createDispatcher, type Dispatcher, type Environment } from '../http/dispatcher.js'
import { type Fetch, fetch as ownFetch } from '../http/fetch.js'
import { createWaits } from '../http/waits.js'
import type { Log } from '../logs/log.js'
import { defaultBaseUrl, gitUrlFor, parseBaseUrl, webHost } from './addresses.js'
import { type AppSettings, appTokens } from './auth/app.js'
import { type Credentials, createCredentials, tokenSources } from './auth/credentials.js'
import type { Api } from './rest/api.js'
import { createOctokit, type Octokit } from './rest/octokit.js'
import type { Send } from './transport/message.js'
import { createTeller, type Teller } from './transport/request-reporter.js'
import { createTransport, type Transport } from './transport/transport.js'

export interface ConnectionOptions {
  /** Default: `GH_TOKEN`, `GITHUB_TOKEN` of `env`, then `gh auth token`; public reads go without. */
  token?: string | (() => string | Promise<string>) | null
  /** What the token is called in messages; default: the variable of `env` that holds it, or the configuration. */
  tokenSource?: string
  /** A GitHub App in place of a token. */
  app?: AppSettings | null
  owner?: string | null
  /** Default: https://api.github.com. https only, except on loopback. */
  baseUrl?: string
  /** Where repositories are cloned from; default: derived from `baseUrl`. */
  gitUrl?: string | null
  /** Seconds without progress on one request, 30 by default. */
  timeout?: number
  /** How many times a request is sent again, 3 by default. */
  retryAttempts?: number
  /** Default: the `*_PROXY` of `env`. */
  proxy?: string | null
  /** For tokens, proxies and `gh`; default: none. */
  env?: Environment
  clock?: Clock
  signal?: AbortSignal
  /** When the whole command must have ended, in milliseconds since 1970. */
  deadline?: number | null
  /** Default: one of its own, which `close` closes. */
  dispatcher?: Dispatcher
  fetch?: Fetch
  random?: () => number
  log?: Log
  emit?: Emit<CommonEvent>
  /** Is told of every credential; default: one of its own. */
  redactor?: Redactor
  userAgent?: string
}

/**
 * One API with its credential, its transport and its git server. Nothing is asked, read or loaded before
 * the first request.
 *
 * @throws ConfigError for a wrong address
 */
export class Connection implements Api {
  readonly baseUrl: URL
  readonly gitUrl: string
  readonly owner: string | null
  readonly redactor: Redactor
  readonly send: Send
  readonly transfer: Send
  readonly #options: ConnectionOptions
  readonly #clock: Clock
  readonly #dispatcher: Dispatcher
  readonly #credentials: Credentials
  readonly #teller: Teller
  readonly #transport: Transport
  #octokit: Promise<Octokit> | undefined

  constructor(options: ConnectionOptions = {}) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.baseUrl = parseBaseUrl(options.baseUrl ?? defaultBaseUrl)
    this.gitUrl = options.gitUrl
      ? parseBaseUrl(options.gitUrl, 'git_url').href.replace(/\/+$/, '')
      : gitUrlFor(this.baseUrl.href)
    this.owner = options.owner ?? null
    this.redactor = options.redactor ?? createRedactor()
    this.#dispatcher = options.dispatcher ?? this.#createDispatcher()
    this.#credentials = createCredentials(this.#tokenSources(), this.redactor.add)
    this.#teller = createTeller({ ...options, clock: this.#clock, redact: this.redactor })
    this.#transport = this.#createTransport()
    this.send = this.#transport.send
    this.transfer = this.#transport.transfer
  }

  /** Requests sent to the API so far, each try and each 304 counted. */
  get requests(): number {
    return this.#teller.requests
  }

  /** Whether there is a credential. */
  async authenticated(): Promise<boolean> {
    return (await this.#credentials.source()) !== null
  }

  /** Where the credential comes from, in words; null: there is none. */
  credentialSource(): Promise<string | null> {
    return this.#credentials.source()
  }

  redact(text: string): string {
    return this.redactor(text)
  }

  warn(message: string): void {
    this.#options.emit?.({ type: 'warning', message })
  }

  /** What git needs: the credential goes to the origin of `gitUrl` alone. */
  async git(): Promise<Git> {
    const origin = new URL(this.gitUrl).origin
    return {
      dispatcher: this.#dispatcher,
      clock: this.#clock,
      signal: this.#options.signal,
      waits: createWaits({
        clock: this.#clock,
        deadline: this.#options.deadline ?? null,
        signal: this.#options.signal,
        onWait: this.#teller.onWait,
      }),
      authorization: async (url) => {
        const token = url.origin === origin ? await this.#credentials.token() : undefined
        if (token === undefined) return undefined
        const basic = Buffer.from(`x-access-token:${token}`).toString('base64')
        return `Basic ${basic}`
      },
    }
  }

  /** Octokit on this transport, for what has no operation here. */
  octokit(): Promise<Octokit> {
    this.#octokit ??= createOctokit({ ...this.#octokitOptions(), send: this.send })
    return this.#octokit
  }

  /** Ends its connections, unless they were given. */
  async close(): Promise<void> {
    if (this.#options.dispatcher === undefined) await this.#dispatcher.destroy()
  }

  #createDispatcher(): Dispatcher {
    const { proxy = null, env = {}, timeout = 30 } = this.#options
    return createDispatcher({ proxy, env, stallTimeout: timeout * 1000 })
  }

  #tokenSources() {
    const { app, token, tokenSource, env = {}, signal, owner } = this.#options
    if (app)
      return [appTokens(app, { owner, clock: this.#clock, octokit: () => this.#appOctokit() })]
    // gh knows hosts without their ports.
    const host = webHost(this.baseUrl).replace(/:\d+$/, '')
    const gh = async () => (await import('./auth/gh.js')).ghToken(host, env, signal)
    return tokenSources({ token, tokenSource, env, gh })
  }

  #appOctokit(): Promise<Octokit> {
    return createOctokit({ ...this.#octokitOptions(), send: this.#transport.anonymous })
  }

  #octokitOptions() {
    return { baseUrl: this.baseUrl, userAgent: this.#userAgent }
  }

  get #userAgent(): string {
    return this.#options.userAgent ?? 'udos-wizard'
  }

  #createTransport(): Transport {
    const {
      signal,
      deadline = null,
      retryAttempts = 3,
      fetch = ownFetch,
      random = Math.random,
    } = this.#options
    return createTransport({
      baseUrl: this.baseUrl,
      userAgent: this.#userAgent,
      credentials: this.#credentials,
      dispatcher: this.#dispatcher,
      fetch,
      retryAttempts,
      clock: this.#clock,
      deadline,
      signal,
      random,
      redact: this.redactor,
      onRequest: this.#teller.onRequest,
      onWait: this.#teller.onWait,
    })
  }
}
