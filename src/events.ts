import type { PluginEvent } from './plugins/session.js'
import type { ReleaseEvent } from './releases/session.js'
import type { RepoEvent } from './repos/session.js'
import type { WebhookEvent } from './webhooks/session.js'
import type { WorkflowEvent } from './workflows/session.js'

/** Every event of every domain: what a listener of a whole command receives. */
export type WizardEvent = RepoEvent | WorkflowEvent | ReleaseEvent | PluginEvent | WebhookEvent
