import type { Clock } from '../../base/clock.js'
import { webHostOf } from '../../base/names/host.js'
import type { Dispatcher } from '../../http/dispatcher.js'
import { type Fetch, fetch as ownFetch } from '../../http/fetch.js'
import { isRead, stack } from '../../http/message.js'
import { type RateLimits, waitForRateLimits } from '../../http/policy/rate-limit.js'
import { followRedirects } from '../../http/policy/redirect.js'
import { backoff, retry } from '../../http/policy/retry.js'
import { isUploadHost } from '../addresses.js'
import type { CallCredentials } from '../auth/credentials.js'
import type { RefusalContext } from '../errors.js'
import { apiLimits } from './api-limits.js'
import { type RestVersion, VersionChoice } from './api-version.js'
import { authorize, renewCredentials } from './authorize.js'
import { cacheByEtag } from './cache.js'
import type { ApiRequest, Layer, Send } from './message.js'
import { record, type TransportCall } from './record.js'
import { createStreamingWire, createWire } from './wire.js'

/** The parts that all calls share. */
export interface TransportOptions {
  baseUrl: URL
  userAgent: string
  dispatcher: Dispatcher
  /** Default: `fetch` of src/http. */
  fetch?: Fetch | undefined
  /** How many times a request is sent again. */
  retryAttempts: number
  clock: Clock
  /** From 0 to 1. */
  random: () => number
  redact: (text: string) => string
}

/** The senders of one call. */
export interface Transport {
  send: Send
  /** Files, as streams. */
  transfer: Send
}

export interface Transports {
  /** The version of the REST API that the server and wizard agree on. */
  readonly restVersion: RestVersion
  open(call: TransportCall, credentials: CallCredentials): Transport
  /** For a GitHub App, which fetches its token with its own credential. */
  anonymous(call: TransportCall): Send
}

/**
 * All HTTP policies, in the order in which a request passes them. Cached answers, rate limits and
 * connections are shared by all calls; signal, deadline and listener belong to one.
 */
export function createTransports(options: TransportOptions): Transports {
  const { baseUrl, clock } = options
  const pause = backoff(options.retryAttempts, options.random)
  const wire = createWire(options.fetch ?? ownFetch, options.dispatcher)
  const streamingWire = createStreamingWire(options.dispatcher)
  const cache = cacheByEtag()
  const limits: RateLimits = new Map()
  const appLimits: RateLimits = new Map()
  const version = new VersionChoice()

  const policies = (
    { signal, waits, listener }: TransportCall,
    source: CallCredentials['source'],
    limits: RateLimits,
    above: Layer[],
    below: Layer[],
  ): Layer[] => [
    addHeaders(options.userAgent, signal),
    refuse(async (signal) => ({
      source: await source(signal),
      webHost: webHostOf(baseUrl),
      redact: options.redact,
    })),
    version.layer,
    ...above,
    retry({ waits, pause }),
    waitForRateLimits(apiLimits(waits, limits, async (signal) => (await source(signal)) !== null)),
    followRedirects(isRead),
    ...below,
    record(() => clock.now(), baseUrl.origin, listener),
  ]

  const toApi = ({ url }: ApiRequest) => url.origin === baseUrl.origin
  const toUploads = ({ method, url }: ApiRequest) => method === 'POST' && isUploadHost(url, baseUrl)

  return {
    get restVersion() {
      return version.current
    },
    open(call, credentials) {
      const { source } = credentials
      const above = [renewCredentials(credentials)]
      const toApiAndUploads = (one: ApiRequest) => toApi(one) || toUploads(one)
      const layers = (below: Layer[]) => policies(call, source, limits, above, below)
      return {
        send: stack(layers([authorize(credentials, toApi), cache]), wire),
        transfer: stack(layers([authorize(credentials, toApiAndUploads)]), streamingWire),
      }
    },
    anonymous: (call) =>
      stack(
        policies(call, async () => 'the GitHub App', appLimits, [], []),
        wire,
      ),
  }
}

/** https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#headers */
function addHeaders(userAgent: string, signal: AbortSignal | undefined): Layer {
  return (next) => (request: ApiRequest) => {
    const headers = {
      accept: 'application/vnd.github+json',
      ...request.headers,
      'user-agent': userAgent,
    }
    return next({ ...request, headers, signal: request.signal ?? signal })
  }
}

/**
 * Turns every answer but 2xx, and 304 where it was asked for, into one of our errors, with GitHub's message: also a redirect
 * that `followRedirects` did not follow.
 */
export function refuse(
  context: (signal: AbortSignal | undefined) => Promise<RefusalContext>,
): Layer {
  return (next) => async (request) => {
    const response = await next(request)
    const isUnchanged = response.status === 304 && 'if-none-match' in request.headers
    if (response.status < 300 || isUnchanged) return response
    const { refusalError } = await import('../errors.js')
    throw refusalError(request, response, await context(request.signal))
  }
}
