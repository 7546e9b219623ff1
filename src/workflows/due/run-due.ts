import { join } from 'node:path'
import { once } from '../../base/async/once.js'
import { reportError } from '../../base/error-report.js'
import { findWorkflow } from '../../github/rest/actions/workflows.js'
import { getRepo } from '../../github/rest/repositories.js'
import { logMarks } from '../../logs/marks.js'
import { acquireLock } from '../../process/lock.js'
import {
  type ScheduledWorkflow,
  scheduledIn,
  selectScheduled,
} from '../../schedules/run-schedules.js'
import { dueAfter } from '../../schedules/times.js'
import { dispatchOnce } from '../dispatch/dispatch.js'
import { startCounting } from './counting.js'
import { actorOf } from './dispatched-since.js'
import { type Due, type DueRun, type DueSession, type DueWork, entryOf } from './due-run.js'
import { earlierDispatch } from './earlier-dispatch.js'
import { DueState, settledBy } from './state.js'

export interface DueOptions {
  /** Components, or `component/workflow`; none: all. */
  targets?: string[] | undefined
  /** Milliseconds to wait for another one in the same root. */
  lockWait?: number | undefined
}

export interface DueReport {
  runs: DueRun[]
  /** The others; ISO 8601, UTC. */
  waiting: { workflow: string; next_due: string | null }[]
}

const defaultLockWait = 60_000

/**
 * Dispatches each workflow of components.yaml whose `run_schedule` fell due since its last dispatch:
 * once, however many times it was missed. A schedule begins to count when it is first seen.
 *
 * @throws NotFoundError for a target without a scheduled workflow, ConfigError, LockedError
 */
export async function runDue(
  session: DueSession,
  { targets = [], lockWait = defaultLockWait }: DueOptions = {},
): Promise<DueReport> {
  const { config, clock, self, signal, emit } = session
  const components = await config.components()
  const chosen = selectScheduled(components, targets)
  const place = config.single ?? config.dir
  if (place === null) return { runs: [], waiting: [] }
  const lock = await acquireLock(
    { clock, self, signal },
    {
      path: join(config.root, '.wizard', 'run-due.lock'),
      command: 'WORKFLOW RUN',
      wait: lockWait,
      hint: ['wait until it ends, or give ', { flag: 'lock-wait' }, ' more seconds'],
    },
  )
  try {
    const warn = (message: string) => emit({ type: 'warning', message })
    const state = DueState.open(config.root, place, warn)
    const names = scheduledIn(components).map(({ name }) => name)
    if (state.keepOnly(names)) await state.save()
    return await dispatchDue({ session, state, warn, actor: once(() => actorOf(session)) }, chosen)
  } finally {
    await lock.release()
  }
}

/** One after another, as GitHub asks for requests that change something. */
async function dispatchDue(work: DueWork, chosen: ScheduledWorkflow[]): Promise<DueReport> {
  const report: DueReport = { runs: [], waiting: [] }
  for (const workflow of chosen) {
    const { clock } = work.session
    const settled = await startCounting(work.state, workflow, clock.now(), work.warn)
    const due = dueAfter(workflow, settled.since)
    if (due === null || due > clock.now()) {
      const next = due === null ? null : new Date(due).toISOString()
      report.waiting.push({ workflow: workflow.name, next_due: next })
    } else {
      report.runs.push(await settle(work, workflow, { settled, due }))
    }
  }
  return report
}

async function settle(work: DueWork, one: ScheduledWorkflow, known: Due): Promise<DueRun> {
  const { session } = work
  try {
    const { owner, repo, file } = one
    const workflow = await findWorkflow(session.github, owner, repo, file)
    const ref = one.ref ?? (await getRepo(session.github, owner, repo)).default_branch
    const begun = await earlierDispatch(work, one, { ...known, workflow, ref })
    if ('run_id' in begun) return begun
    return await send(work, { ...one, ref }, { ...known, due: begun.due })
  } catch (error) {
    if (session.signal?.aborted) throw error
    const report = reportError(error)
    const { clock, log } = session
    log.write('workflows', 'ERROR', `${logMarks.bad} ${one.name}: ${report.message}`)
    const failed = { run: null, status: 'failed', error: report } as const
    return entryOf(one, { due: known.due, now: clock.now(), ...failed })
  }
}

/** Writes down that it sends, so that a kill in between does not lead to a second dispatch. */
async function send(
  { session, state }: DueWork,
  one: ScheduledWorkflow & { ref: string },
  { settled, due }: Due,
): Promise<DueRun> {
  const { clock, emit, log, signal } = session
  const { owner, repo, file, ref, inputs, name } = one
  const now = clock.now()
  const late = Math.floor((now - due) / 1000)
  emit({ type: 'run-due', workflow: name, due_at: new Date(due).toISOString(), late_seconds: late })
  const request = { owner, repo, workflow: file, ref, inputs }
  const sending = () => state.set(name, { ...settled, sending: now })
  const outcome = await dispatchOnce(session, request, sending).catch(async (error: unknown) => {
    if (!signal?.aborted) await state.set(name, { ...settled, sending: null })
    throw error
  })
  const runId = outcome.run?.run_id ?? null
  // The intent stays then, and the next run finds the dispatch on GitHub.
  const unwritten = await state
    .set(name, settledBy(settled, { now, at: now, runId }))
    .then(() => null, reportError)
  const error = unwritten ?? (outcome.isKnown ? null : reportError(outcome.doubt))
  if (error === null)
    return entryOf(one, { due, now, run: outcome.run, status: 'dispatched', error })
  log.write('workflows', 'WARN', `${name} counts as dispatched: ${error.message}`)
  return entryOf(one, { due, now, run: outcome.run, status: 'unanswered', error })
}
