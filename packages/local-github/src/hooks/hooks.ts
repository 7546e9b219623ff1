import { randomUUID } from 'node:crypto'
import type { Addresses } from '../addresses.js'
import { simpleUser } from '../api/shapes/account.js'
import { hookShape } from '../api/shapes/hook.js'
import { releaseShape } from '../api/shapes/release.js'
import {
  type Hook,
  type HookConfig,
  type HookDelivery,
  type HookPayload,
  type HookResponse,
  type HookTarget,
  isFor,
  isRepository,
  unused,
} from '../model/hooks.js'
import type { Release } from '../model/releases.js'
import type { Repository } from '../model/repository.js'
import type { World } from '../model/world.js'
import { commonPayload, type HookEvent, pushEvents, type RefChange } from './payloads.js'
import { type HookAnswer, postToHook } from './post.js'
import { signedPost } from './signed.js'

export interface HooksOptions {
  world: World
  addresses: Addresses
  /** Milliseconds that an answer may take. */
  timeout: number
}

export interface NewHook {
  active: boolean
  events: string[]
  config: HookConfig
}

type Attempt = Pick<HookDelivery, 'guid' | 'event' | 'redelivery' | 'repositoryId'> & {
  payload: HookPayload
}

/** GitHub's since 2026 have 19 digits. */
const firstDelivery = 3_804_004_623_172_239_366n

/** The webhooks of this GitHub and what is on its way to them. Nothing waits for their answers. */
export class Hooks {
  readonly #options: HooksOptions
  readonly #closing = new AbortController()
  readonly #inFlight = new Set<Promise<void>>()
  /** Payloads are made one after another, so that deliveries begin in the order of the events. */
  #made: Promise<unknown> = Promise.resolve()
  #lastDelivery = firstDelivery

  constructor(options: HooksOptions) {
    this.#options = options
  }

  /** Creates a hook, and pings it as GitHub does. */
  add(target: HookTarget, given: NewHook): Hook {
    const { world } = this.#options
    const time = world.now()
    const hook: Hook = {
      ...given,
      id: world.nextId(),
      target,
      createdAt: time,
      updatedAt: time,
      lastResponse: unused,
      deliveries: [],
    }
    target.hooks.push(hook)
    this.ping(hook)
    return hook
  }

  /** https://docs.github.com/en/webhooks/webhook-events-and-payloads#ping */
  ping(hook: Hook): void {
    const { world, addresses } = this.#options
    const { target } = hook
    const place = isRepository(target)
      ? commonPayload(this.#options, target)
      : {
          organization: simpleUser(addresses, target),
          sender: simpleUser(addresses, world.viewer),
        }
    const shown = hookShape(addresses, hook)
    const payload = {
      zen: 'Half measures are as bad as nothing at all.',
      hook_id: hook.id,
      hook: shown,
      ...place,
    }
    const repositoryId = isRepository(target) ? target.id : null
    this.#begin(async () =>
      this.#post(hook, {
        guid: randomUUID(),
        event: 'ping',
        payload,
        redelivery: false,
        repositoryId,
      }),
    )
  }

  /** Whether anybody hears of what happens in a repository. */
  areWatching({ hooks, owner }: Repository): boolean {
    return hooks.length + owner.hooks.length > 0
  }

  pushed(repository: Repository, change: RefChange): void {
    this.#begin(async () => {
      const events = await pushEvents(this.#options, repository, change)
      for (const one of events) this.#deliver(repository, one)
    })
  }

  /** https://docs.github.com/en/webhooks/webhook-events-and-payloads#release */
  released(repository: Repository, release: Release, action: string): void {
    const shown = releaseShape(this.#options.addresses, repository, release)
    this.happened(repository, 'release', { action, release: shown })
  }

  /** Any event, whose payload gets the repository, the organization and the sender. */
  happened(repository: Repository, event: string, payload: HookPayload): void {
    if (!this.areWatching(repository)) return
    const whole = { ...payload, ...commonPayload(this.#options, repository) }
    this.#begin(async () => this.#deliver(repository, { event, payload: whole }))
  }

  /** Sends the newest push again, as `POST …/tests`. */
  test(hook: Hook, repository: Repository, change: RefChange): void {
    this.#begin(async () => {
      const [push] = (await pushEvents(this.#options, repository, change)).slice(-1)
      if (push)
        this.#post(hook, {
          ...push,
          guid: randomUUID(),
          redelivery: false,
          repositoryId: repository.id,
        })
    })
  }

  /** Another attempt of the same event. */
  redeliver(hook: Hook, { guid, event, repositoryId, request }: HookDelivery): void {
    const { payload } = request
    this.#begin(async () =>
      this.#post(hook, { guid, event, payload, repositoryId, redelivery: true }),
    )
  }

  /** The deliveries that GitHub still knows: those of the last three days. */
  deliveriesOf({ deliveries }: Hook): HookDelivery[] {
    const { world } = this.#options
    const oldest = Date.parse(world.now()) - 3 * 86_400_000
    return deliveries.filter(({ deliveredAt }) => Date.parse(deliveredAt) >= oldest)
  }

  /** Waits until every delivery has its answer. */
  async settled(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.settled()
  }

  #begin(act: () => Promise<void>): void {
    const begun = this.#made.then(act)
    this.#made = begun.catch(() => {})
    this.#track(begun)
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#inFlight.delete(tracked))
    this.#inFlight.add(tracked)
    tracked.catch(() => {})
  }

  /** To all hooks of the repository and its owner that want it, under one id. */
  #deliver(repository: Repository, { event, payload }: HookEvent): void {
    const guid = randomUUID()
    const hooks = [...repository.hooks, ...repository.owner.hooks]
    for (const hook of hooks.filter((one) => isFor(one, event))) {
      this.#post(hook, { guid, event, payload, redelivery: false, repositoryId: repository.id })
    }
  }

  #post(hook: Hook, { payload, ...attempt }: Attempt): void {
    const { world, timeout } = this.#options
    const { headers, body } = signedPost(hook, { ...attempt, payload })
    const { url, insecureSsl } = hook.config
    this.#lastDelivery += 1009n
    const { action } = { action: null, ...payload }
    const delivery = {
      ...attempt,
      id: this.#lastDelivery,
      deliveredAt: world.now(),
      action: typeof action === 'string' ? action : null,
      url,
      request: { headers, payload },
    }
    const begun = performance.now()
    const isInsecure = insecureSsl === '1'
    const sent = postToHook({
      url,
      headers,
      body,
      isInsecure,
      timeout,
      signal: this.#closing.signal,
    })
    this.#track(
      sent.then(({ statusCode, status, ...response }) => {
        const duration = Math.round((performance.now() - begun) / 10) / 100
        insertByAge(hook, { ...delivery, duration, statusCode, status, response })
        hook.lastResponse = lastResponseOf(statusCode, status)
      }),
    )
  }
}

/** A delivery is listed once it is answered, at the place that its beginning gives it. */
function insertByAge({ deliveries }: Hook, delivery: HookDelivery): void {
  const older = deliveries.findIndex(({ id }) => id < delivery.id)
  deliveries.splice(older < 0 ? deliveries.length : older, 0, delivery)
}

function lastResponseOf(code: number, message: HookAnswer['status']): HookResponse {
  if (message === 'OK') return { code, status: 'active', message }
  const status =
    code === 504 && message === 'timed out'
      ? 'timeout'
      : message.startsWith('Invalid')
        ? 'misconfigured'
        : 'connection_error'
  return { code, status, message }
}
