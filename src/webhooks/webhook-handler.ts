import type { Call } from '../base/call.js'
import { NotFoundError } from '../base/errors.js'
import { didYouMean, oneLine } from '../base/text.js'
import type { HandlerConfig } from '../config/files/webhook-handlers.js'
import type { Config } from '../config/load.js'
import type { GitHubClient } from '../github/client.js'
import { type OpenConfigured, type SessionOptions, sessionOf } from '../session.js'
import { type DeliveryWithRuns, type ListedDelivery, noDeliveries } from './delivery.js'
import type { ForwardRequest } from './hooks/forward.js'
import type { DeliveryPullRequest } from './hooks/pull.js'
import type { RecoverRequest } from './hooks/recover.js'
import type { RecoveredDelivery } from './hooks/recovered.js'
import type { HookSetup, HookSetupRequest } from './hooks/setup.js'
import { storeExists, withStore } from './open.js'
import type { OneDelivery, PlannedDelivery } from './receive-one.js'
import type { RunCommand } from './runs/perform.js'
import type { ServeEnd, ServeRequest } from './serve.js'
import {
  firstSecretOf,
  loggedEmit,
  type WebhookEvent,
  type WebhookSession,
  webhooksOf,
} from './session.js'
import type { DeliveryFilter, DeliveryStore, StoreCounts, ViewedDelivery } from './store/store.js'

export interface WebhookHandlerOptions extends SessionOptions {
  /** Runs the commands of handlers that are not programs. */
  runCommand: RunCommand
  /** Reads the configuration again, for reloads; default: it never changes. */
  reload?: (() => Promise<Config>) | undefined
}

export interface WebhookStatus extends StoreCounts {
  enabled: boolean
  engine: 'sqlite' | 'postgres'
}

/**
 * Receives GitHub's webhooks: each delivery is on disk before it is answered, and each of its
 * handlers runs once, unless it fails. An error that a call's listener throws is logged, and stops
 * nothing.
 *
 * @throws every method may throw ConfigError without a webhooks.yaml or for a damaged store,
 *   StoreError, and the signal's reason
 */
export class WebhookHandler {
  readonly #open: OpenConfigured<WebhookEvent>
  readonly #options: WebhookHandlerOptions

  constructor(client: GitHubClient, options: WebhookHandlerOptions) {
    this.#open = sessionOf<WebhookEvent>(client, options).openConfigured
    this.#options = options
  }

  /**
   * Accepts deliveries and runs their handlers until the signal.
   *
   * @throws ConfigError unless webhooks are enabled; UsageError if the address is in use;
   *   LockedError if another SERVE has the SQLite store
   */
  async serve(request: ServeRequest = {}, call: Call<WebhookEvent> = {}): Promise<ServeEnd> {
    const { serve } = await import('./serve.js')
    return serve(await this.#session(call), request)
  }

  /** Counts what is waiting, running and dead. */
  async status(call: Call<WebhookEvent> = {}): Promise<WebhookStatus> {
    const { webhooks, clock } = await this.#session(call)
    const { enabled, store } = webhooks
    if (!storeExists(webhooks)) return { enabled, engine: store.engine, ...emptyCounts }
    const counts = await withStore(webhooks, clock, (opened) => opened.counts())
    return { enabled, engine: store.engine, ...counts }
  }

  /** Newest first. */
  async list(
    filter: DeliveryFilter = {},
    call: Call<WebhookEvent> = {},
  ): Promise<ListedDelivery[]> {
    const { webhooks, clock } = await this.#session(call)
    return storeExists(webhooks) ? withStore(webhooks, clock, (store) => store.list(filter)) : []
  }

  /**
   * @param id wizard's number, GitHub's id, or 8 or more of its first characters
   * @throws NotFoundError; UsageError if several ids begin with it
   */
  view(id: string, call: Call<WebhookEvent> = {}): Promise<ViewedDelivery> {
    return this.#inExistingStore(id, call, (store) => store.view(id))
  }

  /** The bytes as received. @throws NotFoundError, also if they were pruned */
  body(id: string, call: Call<WebhookEvent> = {}): Promise<Uint8Array> {
    return this.#inExistingStore(id, call, (store) => store.body(id))
  }

  /** The end of a run's output. @throws NotFoundError */
  output(id: string, handler: string, call: Call<WebhookEvent> = {}): Promise<Uint8Array> {
    return this.#inExistingStore(id, call, (store) => store.output(id, handler))
  }

  /**
   * Runs handlers again: of a dead delivery the failed ones, otherwise all.
   *
   * @param handler only this one; null: see above
   * @throws NotFoundError; UsageError if the body was pruned
   */
  replay(
    ids: string[],
    handler: string | null = null,
    call: Call<WebhookEvent> = {},
  ): Promise<DeliveryWithRuns[]> {
    return this.#inExistingStore(ids[0] ?? '', call, async (store, { webhooks }) => {
      if (handler !== null) await assertHandler(store, ids, handler, webhooks.handlers)
      return store.replay(ids, handler)
    })
  }

  /** Cancels waiting runs; running ones continue. Warns if none waits. @throws NotFoundError */
  cancel(ids: string[], call: Call<WebhookEvent> = {}): Promise<DeliveryWithRuns[]> {
    return this.#inExistingStore(ids[0] ?? '', call, async (store, { emit }) => {
      const { deliveries, unchanged } = await store.cancel(ids)
      for (const { id, status } of deliveries) {
        if (!unchanged.includes(id)) continue
        const message = `delivery ${id} is ${status}: nothing to cancel`
        emit({ type: 'warning', message })
      }
      return deliveries
    })
  }

  /**
   * Removes what webhooks.yaml no longer keeps.
   *
   * @param days instead of its `keep`
   * @returns how many deliveries lost their body or were removed
   */
  async prune(days: number | null = null, call: Call<WebhookEvent> = {}): Promise<number> {
    const { webhooks, clock } = await this.#session(call)
    if (!storeExists(webhooks)) return 0
    const { retention } = webhooks.store
    const keep = days ?? retention.keep
    return withStore(webhooks, clock, (store) => store.prune({ ...retention, keep }))
  }

  /**
   * Accepts one delivery without a server. With `run`, waits for its handlers.
   *
   * @throws GitHubAuthError for a wrong signature; UsageError
   */
  async receive(
    request: OneDelivery & { run?: boolean | undefined },
    call: Call<WebhookEvent> = {},
  ): Promise<DeliveryWithRuns> {
    const { checkDelivery, runUntilEnded } = await import('./receive-one.js')
    const session = await this.#session(call)
    const received = checkDelivery(session, request)
    return withStore(session.webhooks, session.clock, async (store) => {
      const [accepted] = await store.accept([received])
      const id = accepted?.id ?? 0
      if (request.run) return runUntilEnded(session, store, id)
      const { headers, ...delivery } = await store.view(String(id))
      return delivery
    })
  }

  /** What would be done with a delivery; stores nothing. @throws as `receive` */
  async plan(request: OneDelivery, call: Call<WebhookEvent> = {}): Promise<PlannedDelivery> {
    const { checkDelivery, planDelivery } = await import('./receive-one.js')
    const session = await this.#session(call)
    return planDelivery(session, checkDelivery(session, request))
  }

  /** Whether this is the signature of these bytes with one of the secrets. @throws ConfigError without one */
  async verify(
    body: Uint8Array,
    signature: string,
    call: Call<WebhookEvent> = {},
  ): Promise<boolean> {
    const { isSignedBy } = await import('./receive/signature.js')
    const { webhooks } = await this.#session(call)
    firstSecretOf(webhooks)
    return isSignedBy(body, signature, webhooks.secrets)
  }

  /**
   * Creates or updates the hook on GitHub, pings it and waits for the answer.
   *
   * @throws UsageError; NotFoundError if there is none to remove; GitHubAuthError without the scope
   */
  async setup(request: HookSetupRequest, call: Call<WebhookEvent> = {}): Promise<HookSetup> {
    const { setUpHook } = await import('./hooks/setup.js')
    return setUpHook(await this.#session(call), request)
  }

  /**
   * Asks GitHub to redeliver each event of the last 3 days that no attempt delivered and that the
   * store does not have.
   *
   * @throws UsageError; NotFoundError without a hook; GitHubAuthError without the scope
   */
  async recover(
    request: RecoverRequest,
    call: Call<WebhookEvent> = {},
  ): Promise<RecoveredDelivery[]> {
    const { recoverDeliveries } = await import('./hooks/recover.js')
    const session = await this.#session(call)
    const { webhooks, clock } = session
    if (!storeExists(webhooks)) return recoverDeliveries(session, null, request)
    return withStore(webhooks, clock, (store) => recoverDeliveries(session, store, request))
  }

  /**
   * Reads a hook's new deliveries from GitHub's API until the signal, and runs their handlers unless
   * a SERVE does.
   *
   * @returns how many were accepted
   * @throws NotFoundError without a hook; UsageError; GitHubAuthError without the scope
   */
  async pull(request: DeliveryPullRequest, call: Call<WebhookEvent> = {}): Promise<number> {
    const { pullDeliveries } = await import('./hooks/pull.js')
    const session = await this.#session(call)
    return withStore(session.webhooks, session.clock, (store) =>
      pullDeliveries(session, store, request),
    )
  }

  /** Reads new deliveries once, and waits for their handlers. @throws as `pull`; GitHubNetworkError */
  async pullOnce(
    request: Omit<DeliveryPullRequest, 'interval'>,
    call: Call<WebhookEvent> = {},
  ): Promise<DeliveryWithRuns[]> {
    const { pullOnce } = await import('./hooks/pull.js')
    const session = await this.#session(call)
    return withStore(session.webhooks, session.clock, (store) => pullOnce(session, store, request))
  }

  /**
   * Accepts the deliveries of a smee or gosmee channel until the signal, and runs their handlers
   * unless a SERVE does. For development.
   *
   * @returns how many were accepted
   * @throws UsageError if it is not a channel; ConfigError without a secret
   */
  async forward(request: ForwardRequest, call: Call<WebhookEvent> = {}): Promise<number> {
    const { forwardChannel } = await import('./hooks/forward.js')
    const session = await this.#session(call)
    return withStore(session.webhooks, session.clock, (store) =>
      forwardChannel(session, store, request),
    )
  }

  async #session(call: Call<WebhookEvent>): Promise<WebhookSession> {
    const session = await this.#open(call)
    const { runCommand, reload = async () => session.config } = this.#options
    return {
      ...session,
      emit: loggedEmit(session.emit, session.log),
      webhooks: await webhooksOf(session.config),
      reload: async () => webhooksOf(await reload()),
      runCommand,
    }
  }

  async #inExistingStore<T>(
    id: string,
    call: Call<WebhookEvent>,
    work: (store: DeliveryStore, session: WebhookSession) => Promise<T>,
  ): Promise<T> {
    const session = await this.#session(call)
    const { webhooks, clock } = session
    if (!storeExists(webhooks)) throw new NotFoundError(`no delivery ${id}: none has arrived yet`)
    return withStore(webhooks, clock, (store) => work(store, session))
  }
}

/** @throws NotFoundError if neither webhooks.yaml nor a delivery has it */
async function assertHandler(
  store: DeliveryStore,
  ids: string[],
  handler: string,
  configured: HandlerConfig[],
): Promise<void> {
  const names = configured.map(({ name }) => name)
  if (names.includes(handler)) return
  for (const id of ids) {
    if ((await store.view(id)).runs.some((run) => run.handler === handler)) return
  }
  throw new NotFoundError(`no handler ${oneLine(handler, 60)}`, {
    hint: didYouMean(handler, names) ?? `known handlers: ${names.join(', ')}`,
  })
}

const emptyCounts: StoreCounts = {
  serving: [],
  counts: noDeliveries(),
  oldest_waiting_seconds: null,
  last_received_at: null,
  store_bytes: 0,
}
