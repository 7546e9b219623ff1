import type { Clock } from '../base/clock.js'
import type { Emit } from '../events.js'
import type { Api } from '../github/rest/api.js'

/** What the operations on workflows are given. */
export interface WorkflowDeps {
  github: Api
  clock: Clock
  emit: Emit
  signal?: AbortSignal | undefined
}

export { nameOf, type Repo } from '../base/names.js'
