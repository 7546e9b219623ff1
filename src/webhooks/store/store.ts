import type {
  Delivery,
  DeliveryStatus,
  DeliveryWithRuns,
  ListedDelivery,
  RunError,
} from '../delivery.js'

/*
 * The contract of this room: what may be done with stored deliveries, and what each method takes and
 * gives. Two engines keep it, SQLite and PostgreSQL, and pass the same tests.
 */

/**
 * Keeps deliveries from their 202 until they are pruned. A method does all or nothing, and its
 * changes are synced to the disk when its promise resolves; only what `route` did may be lost with
 * the power, and is done again.
 *
 * @throws every method StoreError if the disk is full or the database can't be reached; ConfigError
 *   if it is damaged
 */
export interface DeliveryStore {
  readonly engine: 'sqlite' | 'postgres'
  /** Whether other machines may take runs too: each claim is a lease then, which `renew` extends. */
  readonly isShared: boolean

  /** Stores a batch in one transaction. @returns one answer each, in the same order */
  accept(batch: ReceivedDelivery[]): Promise<AcceptedDelivery[]>

  /**
   * Passes accepted deliveries to `decide` in their order of arrival, and makes the runs that it
   * returns. A delivery that is routed again keeps the runs that it has. If `decide` throws, nothing
   * is routed.
   *
   * @returns at most `limit` of them, with their new status
   */
  route(
    limit: number,
    decide: (delivery: StoredDelivery) => RoutingDecision,
  ): Promise<RoutedDelivery[]>

  /**
   * Starts runs that are due, those of the oldest delivery first. With `order: repository`, a handler
   * runs the deliveries of one repository one at a time, in their order of arrival. No handler runs
   * more than its `concurrency` at once, over all machines.
   */
  claim(request: ClaimRequest): Promise<ClaimedRun[]>

  /**
   * Milliseconds until a retry is due or another machine's lease ends; null if there is neither. At
   * least 1000 for a retry that is due but can't be started here, as its lane or its handler is busy.
   */
  nextDue(): Promise<number | null>

  /**
   * Extends the leases of runs in hand, for 30 seconds: call it every 10 if the store is shared.
   *
   * @returns those that another machine has taken over
   */
  renew(runs: RunClaim[]): Promise<RunClaim[]>

  /**
   * Records how a run ended. A second call with the same claim changes nothing and returns true, as
   * the answer to the first may have been lost.
   *
   * @returns false, with nothing recorded, if another machine has taken the run over
   */
  finish(run: RunClaim, end: RunEnd): Promise<boolean>

  /**
   * Gives back runs that a drain has interrupted: they are due at once, and this start does not count
   * towards their `attempts`.
   */
  giveBack(runs: RunClaim[]): Promise<void>

  /** Ends runs that wait for a handler that is not configured any more. @returns how many */
  retire(configured: string[]): Promise<number>

  /**
   * Takes the runs of dead processes from them: they are due at once, and the start that was lost does
   * not count towards their `attempts`. STATUS does not show these processes any more.
   *
   * @returns how many runs
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
   * Runs handlers of deliveries again: the named one; otherwise those that failed of a dead delivery,
   * and all of any other. What already runs goes on. A delivery without such a run is routed again.
   *
   * @throws NotFoundError; UsageError if a body was pruned
   */
  replay(ids: string[], handler: string | null): Promise<DeliveryWithRuns[]>
  /** Ends the runs that wait; those that run go on. @throws NotFoundError */
  cancel(ids: string[]): Promise<CancelledDeliveries>
  /** Those of these ids of GitHub's that are stored. */
  known(deliveries: string[]): Promise<Set<string>>
  /** @returns how many deliveries lost their body or were removed */
  prune(retention: Retention): Promise<number>

  /** Shows in STATUS that this process serves, for 30 seconds: call it every 10. */
  announce(server: Server): Promise<void>
  depart(owner: string): Promise<void>

  /**
   * Calls `listener` when another process or machine may have made something due.
   *
   * @returns a function that stops it
   */
  watch(listener: () => void): () => void
  close(): Promise<void>
}

export interface ReceivedDelivery {
  delivery: string
  hookId: string | null
  event: string
  /** Names are in lower case; the signatures are left out. */
  headers: Record<string, string>
  body: Uint8Array
  /** Of the body; 64 hex digits. */
  sha256: string
  /** `api`: PULL has read it from the API, whose bytes are not those that GitHub signs. */
  source: 'http' | 'api'
}

export interface AcceptedDelivery {
  id: number
  /**
   * `duplicate`: id and bytes are known, or the id is and one of the two came from the API.
   * `repeat`: only the id or only the bytes are known, so it is stored and not run.
   */
  outcome: 'accepted' | 'duplicate' | 'repeat'
}

export interface StoredDelivery extends Delivery {
  headers: Record<string, string>
  body: Uint8Array
}

/** What is known of a delivery from its payload. */
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
  /** Whether only the newest of those that wait for one handler, repository and ref runs. */
  coalesce: boolean
  /** How often it is started before it is dead. */
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
  /** The mark of the process that will run them, from `livenessFor`. */
  owner: string
  limit: number
  /** The handlers that may be started here. */
  handlers: { name: string; concurrency: number | null }[]
}

/** Names one start of a run: `token` changes with each claim, so an older claim can record nothing. */
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
  /** Whether the run is dead if this attempt fails. */
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
  /** The numbers of those that had nothing to cancel. */
  unchanged: number[]
}

export interface StoreCounts {
  serving: { machine: string; pid: number; since: string; address: string }[]
  counts: Record<DeliveryStatus, number>
  oldest_waiting_seconds: number | null
  last_received_at: string | null
  /** What the deliveries take in the database, with its log; free pages do not count. */
  store_bytes: number
}

/** What PRUNE keeps: days since a delivery last changed, and bytes. */
export interface Retention {
  /** Bodies and outputs of deliveries that are done, ignored, repeat or cancelled. */
  keep: number
  /** Ids and checksums, by which a redelivery is recognised. */
  keepIds: number
  keepDead: number
  /**
   * The most `store_bytes`; null: no limit. Above it, the oldest bodies of what is done are removed
   * first, then those of what is ignored, repeat or cancelled.
   */
  maxBytes: number | null
}

export interface Server {
  owner: string
  machine: string
  pid: number
  address: string
}
