import type { Emit } from '../base/call.js'
import type { Log, LogLevel } from '../logs/log.js'
import { logMarks } from '../logs/marks.js'
import { formatWorkflowEvent } from './describe.js'
import type { WorkflowEvent } from './session.js'
import { isCompleted, isGood } from './watch/conclusion.js'

/**
 * Passes events on, and logs those of runs and jobs: dispatch, each change of state, conclusion.
 */
export function recording(log: Log, emit: Emit<WorkflowEvent>): Emit<WorkflowEvent> {
  return (event) => {
    emit(event)
    if (event.type === 'step-changed') return
    const line = formatWorkflowEvent(event, logMarks)
    if (line !== null) log.write('workflows', levelOf(event), line)
  }
}

function levelOf(event: WorkflowEvent): LogLevel {
  if (event.type === 'dispatch-unanswered' || event.type === 'poll-failed') return 'WARN'
  const subject =
    event.type === 'run-changed' ? event.run : event.type === 'job-changed' ? event.job : null
  return subject !== null && isCompleted(subject) && !isGood(subject.conclusion) ? 'ERROR' : 'INFO'
}
