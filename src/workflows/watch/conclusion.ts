import type { WorkflowRun } from '../run-data.js'

/** From best to worst; an unknown conclusion counts as the worst. */
const conclusions = [
  'success',
  'skipped',
  'neutral',
  'stale',
  'cancelled',
  'action_required',
  'startup_failure',
  'timed_out',
  'failure',
]
const good = new Set<string | null>(['success', 'neutral', 'skipped'])

/** Whether a conclusion of a run, job or step is not a failure. */
export const isGood = (conclusion: string | null): boolean => good.has(conclusion)

export const isCompleted = ({ status }: { status: string }): boolean => status === 'completed'

const ownFailures = new Set<string | null>(['failure', 'timed_out'])

interface Concluded {
  conclusion: string | null
}

/** Whether a run, job or step failed by itself, and was not cancelled. */
export const failedItself = ({ conclusion }: Concluded): boolean => ownFailures.has(conclusion)

/** The same, or it never started. */
export const failedOrNeverStarted = (one: Concluded): boolean =>
  failedItself(one) || one.conclusion === 'startup_failure'

/** Completed, with a conclusion: a completed run may have none for a moment. */
export const hasEnded = (run: Pick<WorkflowRun, 'status' | 'conclusion'>): boolean =>
  isCompleted(run) && run.conclusion !== null

/** The worst conclusion of several runs; null if one of them has none yet, or there are no runs. */
export function worstConclusion(runs: Pick<WorkflowRun, 'conclusion'>[]): string | null {
  if (runs.length === 0 || runs.some(({ conclusion }) => conclusion === null)) return null
  const [worst] = runs.map(({ conclusion }) => conclusion).sort((a, b) => rank(b) - rank(a))
  return worst ?? null
}

/** A conclusion that GitHub may add later ranks as the worst. */
function rank(conclusion: string | null): number {
  const place = conclusions.indexOf(conclusion ?? '')
  return place === -1 ? conclusions.length : place
}
