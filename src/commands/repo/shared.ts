import { isAbsolute, relative } from 'node:path'
import type { Invocation } from '../../invocation.js'
import { formatSyncEntry } from '../../repos/describe.js'
import type { SyncEntry, SyncReport } from '../../repos/report.js'
import { marks } from '../../terminal/marks.js'
import { lines, type Page } from '../../terminal/page.js'
import type { Tone } from '../../terminal/stream.js'
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

/** The result of a sync: repository, status, branch, folder, and reason. */
export function reportPage(report: SyncReport, invocation: Invocation, summary: string): Page {
  if (invocation.globals.quiet && report.failed === 0) return { kind: 'nothing' }
  if (isOneRefusal(report)) return { kind: 'nothing' }
  return {
    kind: 'table',
    columns: [
      { title: 'REPOSITORY', flexible: true },
      { title: 'STATUS', tone: (cell) => tones[cell] },
      { title: 'BRANCH', flexible: true },
      { title: 'FOLDER', flexible: true },
      { title: 'NOTE', flexible: true },
    ],
    rows: report.repositories.map((entry) => rowOf(entry, invocation)),
    after: [summary],
  }
}

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
  return failureOf(bad, { of: tried, total: report.total })
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
    : lines(formatSyncEntry(entry, marks))

export function entryFailure({ repo, status, error, reason }: SyncEntry): PartialFailure | null {
  if (reason === 'missing')
    return { code: 'FAILED', message: `${repo} is not here yet`, hint: cloneHint }
  if (status !== 'failed' && status !== 'blocked') return null
  if (!error) return { code: 'FAILED', message: `blocked: ${reason}` }
  return status === 'failed' ? error : { ...error, code: 'FAILED' }
}

/** Whether a target is written as a path, which no name of a repository is. */
export const looksLikePath = (target: string): boolean =>
  isAbsolute(target) || /^\.{1,2}(\/|$)/.test(target)
