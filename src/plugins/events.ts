import type { CommonEvent, StepEvent } from '../base/call.js'
import type { TransferEvent } from '../github/transfer/events.js'

/** What PluginRegistry reports while it works. */
export type PluginEvent = CommonEvent | StepEvent | TransferEvent
