import { relative } from 'node:path'
import { reportInWords } from '../../base/error-report.js'
import type { Invocation } from '../../invocation.js'
import { formatSyncEntry } from '../../repos/describe.js'
import type { SyncEntry, SyncReport } from '../../repos/report.js'
import { marks } from '../../terminal/marks.js'
import { lines, type Page } from '../../terminal/page.js'
import type { Tone } from '../../terminal/stream.js'
import { formatTook } from '../../terminal/times.js'
import { commandLineWords } from '../hints.js'
import { sharedFailure, stopsAll, type Tried } from '../partial-failure.js'
import type { PartialFailure } from '../verb.js'

const tones: Partial<Record<string, Tone>> = {
  cloned: 'good',
  updated: 'good',
  unchanged: 'faint',
  skipped: 'faint',
  blocked: 'warning',
  failed: 'bad',
}

/**
 * The result of a sync. On a terminal the changes are said already: what failed follows with its
 * reason, then the totals. Elsewhere, and where somebody wants to see all, it is a table.
 */
export function reportPage(report: SyncReport, invocation: Invocation): Page {
  const { terminal, globals } = invocation
  if (globals.quiet && report.failed === 0) return { kind: 'nothing' }
  if (isOneRefusal(report)) return { kind: 'nothing' }
  const { repositories } = report
  const isPlan = repositories.some(({ planned }) => planned !== undefined)
  const after = [...repositories.flatMap(failureLines), formatTotals(report)]
  if (terminal.out.isTerminal && !isPlan && !globals.verbose) return lines(...after)
  const isShown = (entry: SyncEntry) =>
    !terminal.out.isTerminal || globals.verbose || outcomeOf(entry) !== 'unchanged'
  return {
    kind: 'table',
    columns: [
      { title: 'REPOSITORY', cut: 'middle' },
      { title: 'STATUS', tone: (cell) => tones[cell] },
      { title: 'BRANCH', cut: 'middle', spare: 2 },
      { title: 'FOLDER', cut: 'middle', spare: 1 },
      { title: 'NOTE', cut: 'wrap' },
    ],
    rows: repositories.filter(isShown).map((entry) => rowOf(entry, invocation)),
    after,
  }
}

/** With the whole reason, and what to do. An interruption is said once, by its error. */
function failureLines({ repo, status, reason, error }: SyncEntry): string[] {
  if ((status !== 'failed' && status !== 'blocked') || isInterruption(error)) return []
  const { message = '', hint = null } = error === null ? {} : reportInWords(error, commandLineWords)
  const why = [reason === null ? null : `blocked (${reason})`, message].filter(Boolean).join(': ')
  return [`${marks.bad} ${repo}: ${why}`, ...(hint === null ? [] : [`   hint: ${hint}`])]
}

const isInterruption = (error: SyncEntry['error']) =>
  error !== null && (error.code === 'INTERRUPTED' || error.code === 'TIMEOUT')

/** `33 repositories: 2 updated, 30 unchanged, 1 failed in 7 s` */
function formatTotals({ total, skipped, repositories, duration_ms: ms }: SyncReport): string {
  const found = repositories
    .map((entry) => (isInterruption(entry.error) ? 'not finished' : outcomeOf(entry)))
    .filter((outcome) => outcome !== 'skipped')
  // Those of other shards are skipped, and not listed.
  const all = [...found, ...Array.from({ length: skipped }, () => 'skipped')]
  return `${formatCounts(total, all)} in ${formatTook(ms)}`
}

const outcomes = [
  ...['up-to-date', 'cloned', 'updated', 'clone', 'pull', 'unchanged', 'ahead', 'behind'],
  ...['diverged', 'missing', 'skipped', 'blocked', 'failed', 'not finished', 'unknown'],
]

/** `33 repositories: 2 updated, 31 unchanged` */
export function formatCounts(total: number, found: (string | undefined)[]): string {
  const parts = outcomes
    .map((outcome) => ({ outcome, count: found.filter((one) => one === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${planWords[outcome] ?? outcome}`)
  const what = total === 1 ? '1 repository' : `${total} repositories`
  return parts.length > 0 ? `${what}: ${parts.join(', ')}` : what
}

const planWords: Partial<Record<string, string>> = { clone: 'to clone', pull: 'to pull' }

/**
 * A failure such as a bad token is shown once, by the error itself, and not in a line for each of a
 * thousand repositories.
 */
function isOneRefusal({ repositories }: SyncReport): boolean {
  const [first, ...others] = repositories.filter((entry) => outcomeOf(entry) !== 'skipped')
  const { error } = first ?? {}
  return (
    error != null &&
    stopsAll(error.code) &&
    others.length > 0 &&
    others.every((entry) => entry.error?.message === error.message)
  )
}

const outcomeOf = ({ status, planned }: SyncEntry) => status ?? planned

function rowOf(entry: SyncEntry, invocation: Invocation): string[] {
  const { repo, status, planned, branch, path } = entry
  const folder = invocation.terminal.out.isTerminal ? relative(invocation.cwd, path) || '.' : path
  return [repo, status ?? planned ?? '', branch ?? '', folder, noteOf(entry)]
}

const noteOf = ({ reason, error, warnings }: SyncEntry) =>
  [reason, reason === 'missing' && cloneHint, error?.message, ...warnings]
    .filter(Boolean)
    .join('; ')

const cloneHint = 'wizard REPO SYNC clones it'

export function reportFailure(report: SyncReport, allowBlocked: boolean): PartialFailure | null {
  const bad = report.repositories.filter(
    (entry) => outcomeOf(entry) === 'failed' || (!allowBlocked && outcomeOf(entry) === 'blocked'),
  )
  const tried = report.repositories.filter((entry) => outcomeOf(entry) !== 'skipped')
  const failure = failureOf(bad, { of: tried, total: report.total })
  return failure && { ...failure, isShown: failure.code === 'FAILED' && !isOneRefusal(report) }
}

/**
 * If one cause stopped every repository, it is the exit status; otherwise the status says that some
 * failed.
 */
export const failureOf = (
  bad: Tried[],
  { of, total }: { of: Tried[]; total: number },
): PartialFailure | null =>
  sharedFailure(bad, {
    of,
    message: `${bad.length} of ${total} repositories failed or were blocked`,
  })

/** A verb for one repository prints one line, and fails with that repository's own error. */
export const entryPage = (entry: SyncEntry, invocation: Invocation): Page =>
  invocation.globals.quiet || entryFailure(entry) !== null
    ? { kind: 'nothing' }
    : lines(entryLine(entry, invocation))

/** A person also reads whose it is, and where a clone is now. */
function entryLine(entry: SyncEntry, { terminal, cwd }: Invocation): string {
  if (!terminal.out.isTerminal) return formatSyncEntry(entry, marks)
  const line = formatSyncEntry(entry, marks, entry.repo)
  return entry.status === 'cloned' ? `${line} → ${relative(cwd, entry.path) || '.'}` : line
}

export function entryFailure({ repo, status, error, reason }: SyncEntry): PartialFailure | null {
  if (reason === 'missing')
    return { code: 'FAILED', message: `${repo} is not here yet`, hint: cloneHint }
  if (status !== 'failed' && status !== 'blocked') return null
  if (!error) return { code: 'FAILED', message: `blocked: ${reason}` }
  return status === 'failed' ? error : { ...error, code: 'FAILED' }
}
