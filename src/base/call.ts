import type { Emit } from './events.js'

/** What belongs to one call of a method, and ends with it. */
export interface Call<Event> {
  /** Ends the work; the call then throws the signal's reason. */
  signal?: AbortSignal | undefined
  /** When the work must have ended, in milliseconds since 1970: no wait for a rate limit or a retry goes past it. null: never. */
  deadline?: number | null | undefined
  /** Receives the events of this call, and of no other. */
  emit?: Emit<Event> | undefined
}
