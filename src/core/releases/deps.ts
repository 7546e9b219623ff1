import type { Clock } from '../clock.js'
import type { Emit } from '../events.js'
import type { Api } from '../github/api.js'
import type { Log } from '../log.js'

/** What the operations on releases are given. */
export interface ReleaseDeps {
  github: Api
  clock: Clock
  emit: Emit
  log: Log
  signal?: AbortSignal | undefined
}
