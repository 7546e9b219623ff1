import { formatSpan } from '../../base/clock.js'
import { reportInWords } from '../../base/error-report.js'
import { UsageError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { Invocation } from '../../invocation.js'
import { marks } from '../../terminal/marks.js'
import { lines, type Page } from '../../terminal/page.js'
import type { DueRun } from '../../workflows/due/due-run.js'
import type { DueReport } from '../../workflows/due/run-due.js'
import type { FlagSpecs, Flags } from '../flags.js'
import { commandLineWords } from '../hints.js'
import { sharedFailure } from '../partial-failure.js'
import type { PartialFailure } from '../verb.js'

/** Flags of RUN --due. */
export const dueFlags = {
  due: {
    type: 'boolean',
    summary: 'start what fell due by run_schedule, once; late since the first missed time',
  },
  'lock-wait': {
    type: 'seconds',
    value: 'S',
    summary: 'with --due: wait for another one at this root (60)',
  },
} as const satisfies FlagSpecs

export async function runWhatIsDue(
  invocation: Invocation,
  targets: string[],
  values: Flags<typeof dueFlags> & Record<string, unknown>,
): Promise<DueReport> {
  assertAlone(targets, values)
  const wait = values['lock-wait']
  const runner = await invocation.workflowRunner()
  const lockWait = wait === undefined ? undefined : wait * 1000
  return runner.runDue({ targets, lockWait }, invocation.call)
}

/** components.yaml says where and with what each of them runs. */
function assertAlone(targets: string[], values: Record<string, unknown>): void {
  const input = targets.find((text) => text.includes('='))
  const hint = 'components.yaml has its ref and inputs'
  if (input !== undefined)
    throw new UsageError(`--due takes no inputs, got ${oneLine(input, 60)}`, { hint })
  const other = Object.entries(values).find(
    ([name, value]) => !Object.hasOwn(dueFlags, name) && isGiven(value),
  )
  if (other === undefined) return
  throw new UsageError(`--due and --${other[0]} exclude each other`, {
    hint: other[0] === 'wait' ? 'wizard WORKFLOW WATCH waits for its run' : hint,
  })
}

/** A flag that may be repeated is an empty list otherwise. */
const isGiven = (value: unknown) =>
  value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0)

export const isDueReport = (result: object): result is DueReport => 'waiting' in result

/** The addresses of the runs, then what failed; on a terminal, what comes next where nothing was due. */
export function duePage(
  { runs, waiting }: DueReport,
  { globals, terminal, clock }: Invocation,
): Page {
  const shown = runs.flatMap((run) => linesOf(run, globals.quiet))
  if (runs.length > 0 || globals.quiet || !terminal.out.isTerminal)
    return shown.length === 0 ? { kind: 'nothing' } : lines(...shown)
  const [next] = waiting
    .flatMap(({ workflow, next_due: time }) => (time === null ? [] : [{ workflow, time }]))
    .sort((one, other) => Date.parse(one.time) - Date.parse(other.time))
  if (next === undefined) return lines('no workflow of components.yaml has a run_schedule')
  const span = formatSpan(Date.parse(next.time) - clock.now())
  return lines(`nothing is due; ${next.workflow} is next, in ${span}`)
}

function linesOf({ workflow, status, html_url: page, error }: DueRun, quiet: boolean): string[] {
  if (error === null) return quiet ? [] : [`${workflow}\t${page}`]
  const { message, hint } = reportInWords(error, commandLineWords)
  const isFailed = status === 'failed'
  const what = isFailed ? `${marks.bad} ${workflow}` : `${workflow} counts as dispatched`
  return [`${what}: ${message}`, ...(hint ? [`   hint: ${hint}`] : [])]
}

/** What was refused stays due; what was not answered counts as dispatched, and is no failure. */
export function dueFailure({ runs }: DueReport): PartialFailure | null {
  const failed = runs.filter(({ status }) => status === 'failed')
  return sharedFailure(failed, {
    of: runs,
    message: `${failed.length} of ${runs.length} due workflows not dispatched; still due`,
  })
}
