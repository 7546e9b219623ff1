import type { Emit } from '../base/call.js'
import type { Clock } from '../base/clock.js'
import type { Api } from '../github/rest/api.js'
import type { Log } from '../logs/log.js'
import type { WorkflowEvent } from './events.js'

/** What the operations on workflows are given. */
export interface WorkflowDeps {
  github: Api
  clock: Clock
  emit: Emit<WorkflowEvent>
  signal?: AbortSignal | undefined
  log: Log
}

export { fullNameOf, type Repo } from '../base/names/repository.js'
