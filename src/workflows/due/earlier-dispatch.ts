import type { Workflow } from '../../github/rest/actions/workflows.js'
import type { ScheduledWorkflow } from '../../schedules/run-schedules.js'
import { dueAfter, dueBefore } from '../../schedules/times.js'
import { toRun } from '../run-data.js'
import { dispatchedSince, toleranceOf } from './dispatched-since.js'
import { type Due, type DueRun, type DueSession, type DueWork, entryOf } from './due-run.js'
import { settledBy } from './state.js'

/** Milliseconds: a run is listed some seconds after its dispatch. */
const listingTime = 60_000

/**
 * Looks for a dispatch of another machine, or of a run of wizard that was stopped, which counts.
 *
 * @returns its entry; or what is due still
 */
export async function earlierDispatch(
  { session, state, actor }: DueWork,
  one: ScheduledWorkflow,
  { settled, due, workflow, ref }: Due & { workflow: Workflow; ref: string },
): Promise<DueRun | { due: number }> {
  const { clock, signal, emit } = session
  if (settled.sending !== null) await untilListed(session, one, settled.sending)
  const now = clock.now()
  const newest = dueBefore(one, now) ?? due
  const gap = (time: number) => time - (dueBefore(one, time - 1) ?? 0)
  const query = { repo: one, workflow, ref, since: due, actor: await actor() }
  const known = state.runIds()
  const runs = await dispatchedSince(session, query, toleranceOf(gap(due)))
  const strange = runs.filter(({ run }) => !known.has(run.id))
  signal?.throwIfAborted()
  const found = strange.find(({ at }) => at >= newest - toleranceOf(gap(newest)))
  if (found === undefined) {
    const last = strange.at(-1)
    // It was dispatched for a time before, so only the times after that were missed.
    return { due: last === undefined ? due : (dueAfter(one, Math.max(last.at, due)) ?? due) }
  }
  const { run: data, at } = found
  await state.set(one.name, settledBy(settled, { now, at, runId: data.id }))
  const run = toRun(session.github, one, data)
  emit({ type: 'run-already-dispatched', workflow: one.name, run })
  return entryOf(one, { due, now, run, status: 'found', error: null })
}

/** The answer may have been on its way when wizard was killed. */
async function untilListed(
  { clock, signal, emit }: DueSession,
  { name }: ScheduledWorkflow,
  sent: number,
): Promise<void> {
  const left = sent + listingTime - clock.now()
  if (left <= 0 || left > listingTime) return
  const seconds = Math.ceil(left / 1000)
  const message = `${name}: wizard was stopped while it dispatched it; looking for its run in ${seconds} s`
  emit({ type: 'waiting', message })
  await clock.sleep(left, signal)
}
