/** What belongs to one method call and ends with it. */
export interface Call<Event> {
  /** Ends the work; the call then throws the signal's reason. */
  signal?: AbortSignal | undefined
  /**
   * When the work must end, in milliseconds since 1970: no wait for a rate limit or a retry goes
   * past it. null: never.
   */
  deadline?: number | null | undefined
  /** Receives the events of this call only. */
  emit?: Emit<Event> | undefined
}

/**
 * What every part of core reports while it works. Core never prints: the listener decides what to
 * show.
 */
export type CommonEvent =
  /** A pause before a retry, or until a rate limit lifts. */
  | { type: 'waiting'; message: string }
  | { type: 'warning'; message: string }
  /** One request and its answer, for `--verbose`. */
  | { type: 'request'; message: string }
  /** What takes its time now; null: nothing any more. For a live line, and no other use. */
  | { type: 'activity'; message: string | null }

/** A step of a release or an installation begins; `message` describes it. */
export interface StepEvent {
  type: 'step'
  message: string
}

/** So many more files are going to be uploaded or downloaded. */
export interface TransferPlannedEvent {
  type: 'transfer-planned'
  files: number
  /** Of all of them. */
  bytes: number
}

/**
 * A listener. A listener for all of wizard's events fits wherever one domain's events are emitted.
 */
export type Emit<Event> = (event: Event) => void
