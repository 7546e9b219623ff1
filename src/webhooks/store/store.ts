import type {
  Delivery,
  DeliveryStatus,
  DeliveryWithRuns,
  ListedDelivery,
  RunError,
} from '../delivery.js'

/**
 * Where deliveries are from their 202 until nobody needs them any more. Two engines keep it, SQLite
 * and PostgreSQL, and the same tests hold for both. Whatever a method has done is synced to the disk
 * when its promise resolves, and all of it or nothing happened.
 *
 * @throws every method StoreError: the disk is full, the database is damaged or not reachable
 */
export interface DeliveryStore {
  readonly engine: 'sqlite' | 'postgres'
  /** Whether other machines may take runs too: each claim is a lease then, which `renew` extends. */
  readonly isShared: boolean

  /** Keeps all of them in one transaction. @returns in the same order */
  accept(batch: ReceivedDelivery[]): Promise<AcceptedDelivery[]>

  /**
   * Gives accepted deliveries to `decide` in the order of arrival, and makes their runs. One that is
   * routed again keeps the runs that it has. `decide` must not throw: nothing is routed then.
   *
   * @returns what became of each, at most `limit`
   */
  route(
    limit: number,
    decide: (delivery: StoredDelivery) => RoutingDecision,
  ): Promise<RoutedDelivery[]>

  /**
   * Starts runs that are due, oldest delivery first. Of a handler and repository with
   * `order: repository` only the oldest unfinished run is due, and only while none of them is
   * running; of a handler never more run than its `concurrency`, over all machines.
   */
  claim(request: ClaimRequest): Promise<ClaimedRun[]>

  /**
   * Milliseconds until a retry is due or another machine's lease ends; null: nothing waits. Never 0:
   * what is due but can't be started here, for its order or its handler, is looked at each second.
   */
  nextDue(): Promise<number | null>

  /**
   * Extends the leases of runs in hand, for 30 seconds: call it every 10 if the store is shared.
   *
   * @returns those that another machine has taken over
   */
  renew(runs: RunClaim[]): Promise<RunClaim[]>

  /**
   * Records how a run ended. The same call again records nothing and returns true: the answer to the
   * first may have been lost.
   *
   * @returns false, with nothing recorded, if another one took it over
   */
  finish(run: RunClaim, end: RunEnd): Promise<boolean>

  /**
   * Gives runs back that did not end, to be started again at once: a drain ran out of time. The start
   * does not count towards their `attempts`.
   */
  giveBack(runs: RunClaim[]): Promise<void>

  /** Ends what waits for a handler that is not among those configured. @returns how many runs */
  retire(configured: string[]): Promise<number>

  /**
   * Runs of an owner that is known to be dead are due again at once, and it does not serve any more.
   * The start that was lost does not count towards their `attempts`.
   *
   * @returns how many
   */
  takeOver(isDead: (owner: string) => Promise<boolean>): Promise<number>

  list(filter: DeliveryFilter): Promise<ListedDelivery[]>
  /**
   * @param id wizard's number, GitHub's id, or 8 or more of its first characters
   * @throws NotFoundError; UsageError if several begin with it
   */
  view(id: string): Promise<ViewedDelivery>
  /** @throws NotFoundError as `view`, and where the body was pruned */
  body(id: string): Promise<Uint8Array>
  /** The end of a run's output. @throws NotFoundError */
  output(id: string, handler: string): Promise<Uint8Array>
  counts(): Promise<StoreCounts>

  /**
   * Runs its handlers again: the named one, of a dead delivery those that failed, of another all that
   * do not run. A named one that the delivery has no run of is routed, and so is a delivery without
   * runs. All are replayed or none.
   *
   * @throws NotFoundError; UsageError where the body was pruned
   */
  replay(ids: string[], handler: string | null): Promise<DeliveryWithRuns[]>
  /** Ends what waits; what runs goes on. @throws NotFoundError */
  cancel(ids: string[]): Promise<CancelledDeliveries>
  /** Which of GitHub's ids it has. */
  known(deliveries: string[]): Promise<Set<string>>
  /** @returns how many deliveries lost their body or were removed */
  prune(retention: Retention): Promise<number>

  /** Notes that this machine serves, for 30 seconds: call it every 10. */
  announce(server: Server): Promise<void>
  depart(owner: string): Promise<void>

  /**
   * Calls `listener` when another process or machine may have changed what is due.
   *
   * @returns a function that ends it
   */
  watch(listener: () => void): () => void
  close(): Promise<void>
}

export interface ReceivedDelivery {
  delivery: string
  hookId: string | null
  event: string
  /** Names in lower case; without its signatures. */
  headers: Record<string, string>
  body: Uint8Array
  /** Of the body; 64 hex digits. */
  sha256: string
  /** `api`: read by PULL, whose bytes are not those that GitHub signed. */
  source: 'http' | 'api'
}

export interface AcceptedDelivery {
  id: number
  /**
   * `duplicate`: a known id with known bytes, or where one of the two came from the API.
   * `repeat`: held, as only one of the two is known.
   */
  outcome: 'accepted' | 'duplicate' | 'repeat'
}

export interface StoredDelivery extends Delivery {
  headers: Record<string, string>
  body: Uint8Array
}

/** What a payload says about itself. */
export interface DeliveryFacts {
  action: string | null
  repo: string | null
  ref: string | null
}

export type RoutingDecision =
  | { status: 'ignored' | 'dead'; reason: string; facts: DeliveryFacts }
  | { status: 'queued'; facts: DeliveryFacts; runs: PlannedRun[] }

export interface PlannedRun {
  handler: string
  action: string
  order: 'repository' | 'none'
  /** Of those waiting for one handler, repository and ref only the newest runs. */
  coalesce: boolean
  /** How often it may be started until it is dead. */
  attempts: number
}

export interface RoutedDelivery {
  id: number
  event: string
  status: DeliveryStatus
  reason: string | null
}

export interface ClaimRequest {
  machine: string
  /** The process that will run them, as `livenessFor` marks it. */
  owner: string
  limit: number
  /** The handlers that may be started here. */
  handlers: { handler: string; concurrency: number | null }[]
}

/** Fences a run: `token` changes with each claim. */
export interface RunClaim {
  /** The run's own number in the store. */
  id: number
  token: number
}

export interface ClaimedRun extends RunClaim {
  handler: string
  action: string
  /** 1 for the first start. */
  attempt: number
  /** Whether a failure of this attempt is the last. */
  isLast: boolean
  delivery: StoredDelivery
}

export type RunEnd = {
  exit: number | null
  result: Record<string, unknown> | null
  /** The end of its output, at most 64 KiB. */
  output: Uint8Array
} & (
  | { status: 'done'; error: null }
  | { status: 'dead'; error: RunError }
  /** Milliseconds until it is due again. */
  | { status: 'retry'; error: RunError; after: number }
)

export interface DeliveryFilter {
  status?: DeliveryStatus[] | undefined
  event?: string | undefined
  /** `owner/repo`, in any case. */
  repo?: string | undefined
  /** Milliseconds since 1970. */
  since?: number | undefined
  /** Default: 50. */
  limit?: number | undefined
}

export interface ViewedDelivery extends DeliveryWithRuns {
  headers: Record<string, string>
}

export interface CancelledDeliveries {
  deliveries: DeliveryWithRuns[]
  /** wizard's numbers of those of which nothing was waiting. */
  unchanged: number[]
}

export interface StoreCounts {
  counts: Record<DeliveryStatus, number>
  oldest_waiting_seconds: number | null
  last_received_at: string | null
  /** Of the deliveries in the database, with its log; room that is free again does not count. */
  store_bytes: number
  serving: { machine: string; pid: number; since: string; address: string }[]
}

/** Days since a delivery came or changed last, and bytes. */
export interface Retention {
  /** Bodies and outputs of what is done, ignored, repeat or cancelled. */
  keep: number
  /** Ids and sums. */
  keepIds: number
  keepDead: number
  /**
   * Of `store_bytes`; null: no limit. Above it, the oldest bodies of what is done go first, then those
   * of what is ignored, repeat or cancelled.
   */
  maxBytes: number | null
}

export interface Server {
  owner: string
  machine: string
  pid: number
  address: string
}
