import { fullNameOf } from '../../base/names/repository.js'
import { inWords } from '../../schedules/plan.js'
import type { ScheduledWorkflow } from '../../schedules/run-schedules.js'
import { dueAfter } from '../../schedules/times.js'
import type { ConfiguredSession } from '../../session.js'
import type { WorkflowEvent } from '../session.js'
import { isCountingFor } from './counting.js'
import { DueState } from './state.js'

/** When a workflow was dispatched, and when it is due; times are ISO 8601, UTC. */
export interface RunScheduleStatus {
  repo: string
  /** `component/workflow` */
  workflow: string
  run_schedule: string
  /** null: local time. */
  timezone: string | null
  /** `every day at 02:00` */
  in_words: string
  /** When it was last dispatched, here or by another machine; null: never. */
  last_run: string | null
  /** Of that; null if it is not known. */
  run_id: number | null
  /** In the past if it is overdue. */
  next_due: string | null
  /** Whether it fell due and was not dispatched since. */
  overdue: boolean
}

/** Sends no request. A schedule that was never seen is not overdue: it begins to count later. */
export function runScheduleStatusOf(
  { config, clock, emit }: ConfiguredSession<WorkflowEvent>,
  workflows: ScheduledWorkflow[],
): RunScheduleStatus[] {
  const place = config.single ?? config.dir
  if (place === null || workflows.length === 0) return []
  const state = DueState.open(config.root, place, (message) => emit({ type: 'warning', message }))
  const now = clock.now()
  return workflows.map((one) => {
    const known = state.get(one.name)
    const last = known?.repo === fullNameOf(one) ? known.last_run : null
    const isKnown = known !== undefined && isCountingFor(one, known, now)
    const since = isKnown ? known.since : now
    const next = dueAfter(one, since)
    const zone = one.timezone === null ? '' : ` in ${one.timezone}`
    return {
      repo: fullNameOf(one),
      workflow: one.name,
      run_schedule: one.schedule,
      timezone: one.timezone,
      in_words: `${inWords(one.schedule)}${zone}`,
      last_run: iso(last?.at ?? null),
      run_id: last?.run_id ?? null,
      next_due: iso(next),
      overdue: next !== null && next <= now,
    }
  })
}

const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString())
