import type { WebhooksFile } from '../schema/webhooks.js'
import type { ConfigDocument } from '../yaml/document.js'
import type { Fault } from '../yaml/place.js'
import {
  type HandlerConfig,
  handlerFaults,
  readHandlers,
  unknownEvent,
} from './webhook-handlers.js'

export interface WebhooksRequest {
  /** GITHUB_WEBHOOK_SECRET, used if the file has no secret. */
  fallback: string | undefined
  root: string
  owner: string | null
}

/**
 * @throws ConfigError if deliveries are enabled without a secret to verify them, or a handler would
 *   never run; PathError for a store outside of ROOT
 */
export function readWebhooks(
  document: ConfigDocument<WebhooksFile>,
  request: WebhooksRequest,
): WebhooksConfig {
  const values = document.value.webhooks
  const secrets = secretsOf(values.secret, request.fallback)
  const handlers = readHandlers(document, request.root)
  const events = values.events.length > 0 ? values.events : handlers.map(({ event }) => event)
  const repositories = repositoriesOf(values.repositories, request.owner)
  document.refuse([
    ...(values.enabled && secrets.length === 0 ? [withoutSecret] : []),
    ...(values.enabled && repositories.length === 0 ? [withoutRepositories] : []),
    ...secretFaults(values.secret, request.fallback),
    ...unknownEvents(values.events),
    ...handlerFaults(values, handlers),
    ...storeFaults(values.store),
  ])
  return {
    enabled: values.enabled,
    secrets,
    events: [...new Set(events)],
    repositories,
    host: values.host,
    port: values.port,
    path: values.path,
    maxBody: values.max_body,
    allow: values.allow,
    trustedProxies: values.trusted_proxies,
    metrics: values.metrics,
    concurrency: values.concurrency,
    drain: values.drain,
    recover: values.recover,
    store: storeOf(document, request.root),
    handlers,
    emptyKeys: Object.entries(values.handlers).flatMap(([key, steps]) =>
      steps.length === 0 ? key : [],
    ),
  }
}

function secretsOf(secret: string | string[] | null | undefined, fallback: string | undefined) {
  const own = secret == null ? [] : [secret].flat()
  return own.length > 0 || !fallback ? own : [fallback]
}

const withoutSecret: Fault = {
  path: ['webhooks', 'secret'],
  at: 'missing',
  message: 'missing; with enabled: true every delivery must be signed',
  hint: 'set GITHUB_WEBHOOK_SECRET, or enabled: false',
}

const withoutRepositories: Fault = {
  path: ['webhooks', 'repositories'],
  at: 'missing',
  message: 'missing; without github.owner, wizard does not know whose deliveries to handle',
  hint: 'write repositories: ["OWNER/*"]',
}

/** The schema has seen the file's secrets, but not the variable's. */
function secretFaults(secret: unknown, fallback: string | undefined): Fault[] {
  const isUsed = secret == null && fallback !== undefined && fallback !== ''
  if (!isUsed || fallback.length >= 16) return []
  const message = 'GITHUB_WEBHOOK_SECRET has less than 16 characters'
  return [{ path: ['webhooks', 'secret'], at: 'missing', message, hint: 'openssl rand -hex 32' }]
}

const repositoriesOf = (named: string[], owner: string | null): string[] =>
  named.length > 0 || owner === null ? named : [`${owner}/*`]

function unknownEvents(events: string[]): Fault[] {
  return events.flatMap((event, index) => unknownEvent(event, ['webhooks', 'events', index]))
}

function storeFaults({ engine, url, keep, keep_ids }: WebhooksFile['webhooks']['store']): Fault[] {
  const path = ['webhooks', 'store']
  return [
    ...(engine === 'postgres' && !url
      ? [
          {
            path: [...path, 'url'],
            at: 'missing' as const,
            message: 'missing; with engine: postgres',
          },
        ]
      : []),
    ...(keep_ids < keep
      ? [{ path: [...path, 'keep_ids'], message: `expected at least keep (${keep}d)` }]
      : []),
  ]
}

function storeOf(document: ConfigDocument<WebhooksFile>, root: string): StoreConfig {
  const { engine, url, path, schema, keep, keep_ids, keep_dead, max_size } =
    document.value.webhooks.store
  const retention = { keep, keepIds: keep_ids, keepDead: keep_dead, maxBytes: max_size }
  if (engine === 'postgres') return { engine, url: url ?? '', schema, retention }
  const file = document.inside(root, ['webhooks', 'store', 'path'], path)
  return { engine, path: file, retention }
}

export interface WebhooksConfig {
  enabled: boolean
  /** Several while a secret is being rotated. */
  secrets: string[]
  events: string[]
  /** Patterns of `owner/repo`. */
  repositories: string[]
  host: string
  port: number
  path: string
  /** Bytes. */
  maxBody: number
  /** `github`, addresses and CIDRs; empty: any. */
  allow: string[]
  trustedProxies: string[]
  metrics: boolean
  /** Runs at once on this machine. */
  concurrency: number
  /** Seconds. */
  drain: number
  recover: string[]
  store: StoreConfig
  handlers: HandlerConfig[]
  /** The keys of `handlers` whose list is empty. */
  emptyKeys: string[]
}

export type StoreConfig = { retention: RetentionConfig } & (
  | { engine: 'sqlite' /** Absolute. */; path: string }
  | { engine: 'postgres'; url: string; schema: string }
)

export interface RetentionConfig {
  /** Days that bodies and outputs of what is done are kept. */
  keep: number
  keepIds: number
  keepDead: number
  maxBytes: number
}
