import type { PluginEvent } from './plugins/events.js'
import type { ReleaseEvent } from './releases/events.js'
import type { RepoEvent } from './repos/events.js'
import type { WorkflowEvent } from './workflows/events.js'

/** Every event of every domain: what a listener of a whole command receives. */
export type WizardEvent = RepoEvent | WorkflowEvent | ReleaseEvent | PluginEvent
