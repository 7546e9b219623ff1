/** What belongs to one call of a method, and ends with it. */
export interface Call<Event> {
  /** Ends the work; the call then throws the signal's reason. */
  signal?: AbortSignal | undefined
  /** When the work must have ended, in milliseconds since 1970: no wait for a rate limit or a retry goes past it. null: never. */
  deadline?: number | null | undefined
  /** Receives the events of this call, and of no other. */
  emit?: Emit<Event> | undefined
}

/** What every part of core reports while it works. Core never prints: the listener decides what is shown. */
export type CommonEvent =
  /** A pause before a request is sent again, or until a rate limit lifts. */
  | { type: 'waiting'; message: string }
  | { type: 'warning'; message: string }
  /** One request and its answer, for `--verbose`. */
  | { type: 'request'; message: string }

/** A step of a release or an installation begins, in words. */
export interface StepEvent {
  type: 'step'
  message: string
}

/** A listener. One that takes all events of wizard can be given wherever those of one domain are emitted. */
export type Emit<Event> = (event: Event) => void
