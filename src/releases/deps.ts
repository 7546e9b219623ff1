import type { Emit } from '../base/call.js'
import type { Clock } from '../base/clock.js'
import type { Api } from '../github/rest/api.js'
import type { Log } from '../logs/log.js'
import type { ReleaseEvent } from './events.js'

/** What the operations on releases are given. */
export interface ReleaseDeps {
  github: Api
  clock: Clock
  emit: Emit<ReleaseEvent>
  log: Log
  signal?: AbortSignal | undefined
}
