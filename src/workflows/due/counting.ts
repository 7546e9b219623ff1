import { fullNameOf, isSameName } from '../../base/names/repository.js'
import type { ScheduledWorkflow } from '../../schedules/run-schedules.js'
import type { DueState, Settled } from './state.js'

const msOfDay = 86_400_000

/** A clock that was set back an hour comes to the same due times again; by more, it was wrong. */
const isFromWrongClock = ({ since }: Settled, now: number) => since > now + msOfDay

/** Whether it is the same schedule, so that its due times count since then. */
export const isCountingFor = (one: ScheduledWorkflow, known: Settled, now: number): boolean =>
  known.schedule === one.schedule &&
  known.timezone === one.timezone &&
  isSameName(known.repo, fullNameOf(one)) &&
  !isFromWrongClock(known, now)

/** What is known of a workflow; of a new one, or a changed schedule, that it counts from now. */
export async function startCounting(
  state: DueState,
  one: ScheduledWorkflow,
  now: number,
  warn: (message: string) => void,
): Promise<Settled> {
  const { name, schedule, timezone } = one
  const repo = fullNameOf(one)
  const known = state.get(name)
  if (known !== undefined && isCountingFor(one, known, now)) return known
  const isWrong = known !== undefined && isFromWrongClock(known, now)
  if (isWrong) warn(`the clock was set back by more than a day, so ${name} counts from now`)
  const since = isWrong ? now : Math.max(now, known?.since ?? 0)
  const isSameRepo = known !== undefined && isSameName(known.repo, repo)
  const { last_run = null, run_ids = [] } = isSameRepo ? known : {}
  const fresh = { schedule, timezone, repo, since, last_run, run_ids, sending: null }
  await state.set(name, fresh)
  return fresh
}
