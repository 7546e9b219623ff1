import type { Clock } from '../../base/clock.js'
import type { Dispatcher } from '../../http/dispatcher.js'
import type { Fetch } from '../../http/fetch.js'
import { createWaits, type Wait } from '../../http/waits.js'
import { isUploadHost, webHost } from '../addresses.js'
import type { Credentials } from '../auth/credentials.js'
import { authorize, renewCredentials } from './authorize.js'
import { cacheByEtag } from './cache.js'
import { type ApiRequest, type Layer, type Send, stack } from './message.js'
import { waitForRateLimits } from './rate-limit.js'
import { type RequestRecord, record } from './record.js'
import { followRedirects } from './redirects.js'
import { refuse } from './refuse.js'
import { retry } from './retry.js'
import { createStreamingWire } from './streaming-wire.js'
import { createWire } from './wire.js'

export interface TransportOptions {
  baseUrl: URL
  userAgent: string
  credentials: Credentials
  dispatcher: Dispatcher
  fetch: Fetch
  /** How many times a request is sent again. */
  retryAttempts: number
  clock: Clock
  /** When the whole command must have ended, in milliseconds since 1970; null: never. */
  deadline: number | null
  signal: AbortSignal | undefined
  /** From 0 to 1. */
  random: () => number
  redact: (text: string) => string
  onRequest: (record: RequestRecord) => void
  onWait: (wait: Wait) => void
}

/** The version of the API whose shapes are read here. https://docs.github.com/en/rest/about-the-rest-api/api-versions */
const apiVersion = '2022-11-28'

export interface Transport {
  send: Send
  /** Files, as streams. */
  transfer: Send
  /** For a GitHub App, which fetches its token with a credential of its own. */
  anonymous: Send
}

/** All policies of HTTP, in the order in which a request meets them. */
export function createTransport(options: TransportOptions): Transport {
  const { baseUrl, credentials, clock, retryAttempts: attempts, random } = options
  const waits = createWaits(options)
  const recorded = record(() => clock.now(), baseUrl.origin, options.onRequest)
  const policies = (source: () => Promise<string | null>, above: Layer[], below: Layer[]) => [
    addHeaders(options.userAgent, options.signal),
    refuse(async () => ({
      source: await source(),
      webHost: webHost(baseUrl),
      redact: options.redact,
    })),
    ...above,
    retry({ waits, attempts, random }),
    waitForRateLimits(waits, async () => (await source()) !== null),
    followRedirects,
    ...below,
    recorded,
  ]
  const source = () => credentials.source()
  const renewed = renewCredentials(credentials)
  const toApi = ({ url }: ApiRequest) => url.origin === baseUrl.origin
  const toUploads = ({ method, url }: ApiRequest) => method === 'POST' && isUploadHost(url, baseUrl)
  const wire = createWire(options.fetch, options.dispatcher)
  return {
    send: stack(policies(source, [renewed], [authorize(credentials, toApi), cacheByEtag()]), wire),
    transfer: stack(
      policies(source, [renewed], [authorize(credentials, (one) => toApi(one) || toUploads(one))]),
      createStreamingWire(options.dispatcher),
    ),
    anonymous: stack(
      policies(async () => 'the GitHub App', [], []),
      wire,
    ),
  }
}

/** https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#headers */
function addHeaders(userAgent: string, signal: AbortSignal | undefined): Layer {
  return (next) => (request: ApiRequest) => {
    const headers = {
      accept: 'application/vnd.github+json',
      'x-github-api-version': apiVersion,
      ...request.headers,
      'user-agent': userAgent,
    }
    return next({ ...request, headers, signal: request.signal ?? signal })
  }
}
