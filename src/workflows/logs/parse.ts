import { GitHubNotFoundError, UsageError } from '../../base/errors.js'
import { oneLine, plainText } from '../../base/text.js'
import type { WorkflowJob, WorkflowStep } from '../../github/rest/actions/runs.js'
import type { LogText } from './log-source.js'

/** `2026-01-14T10:00:08.1234567Z `, in front of each line; seconds are enough. */
const stamp = /^\ufeff?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z /
const groupStart = '##[group]Run '
const errorMark = '##[error]'

/**
 * The lines of one failed step, from the log of its whole job. They are found by the step's start
 * and end time, which GitHub gives in seconds, and within the first and last second by the runner's
 * own marks. If the times are unknown, or no line is between them, these are all lines of the job.
 */
export async function* failedPart(log: LogText, step: WorkflowStep): AsyncGenerator<string> {
  const place = await findStep(log, step)
  let number = 0
  for await (const line of linesOf(log.read())) {
    if (place === null || (number >= place.from && number <= place.to)) yield `${line}\n`
    number++
  }
}

interface Span {
  /** Line numbers from 0, both included. */
  from: number
  to: number
}

async function findStep(log: LogText, step: WorkflowStep): Promise<Span | null> {
  const [began, ended] = [second(step.started_at), second(step.completed_at)]
  if (began === null || ended === null) return null
  const seen = { from: -1, group: -1, to: -1, error: -1 }
  let number = 0
  let now = ''
  for await (const line of linesOf(log.read())) {
    now = stamp.exec(line)?.[1] ?? now
    if (now >= began && now <= ended) {
      if (seen.from === -1) seen.from = number
      // The previous step may have ended, and the next one begun, within the same second.
      if (now === began && line.includes(groupStart)) seen.group = number
      if (now === ended && line.includes(errorMark)) seen.error = number
      seen.to = number
    }
    number++
  }
  if (seen.from === -1) return null
  const to = seen.error === -1 ? seen.to : seen.error
  return { from: seen.group === -1 || seen.group > to ? seen.from : seen.group, to }
}

/** In UTC, without fractions. */
function second(time: string | null): string | null {
  const at = Date.parse(time ?? '')
  return Number.isNaN(at) ? null : new Date(at).toISOString().slice(0, 19)
}

/** The last lines; memory does not grow with the rest. */
export async function tailOf(
  text: AsyncIterable<string>,
  count: number,
): Promise<{ lines: string[]; cut: boolean }> {
  let lines: string[] = []
  let cut = false
  for await (const piece of text) {
    // A piece ends with its last line's end.
    lines = lines.concat(piece.slice(0, -1).split('\n'))
    cut ||= lines.length > count
    lines = lines.slice(-count)
  }
  return { lines, cut }
}

const failures = new Set(['failure', 'timed_out', 'startup_failure', 'action_required'])

/** Whether a job or step failed; cancelled or skipped ones did not. */
export const hasFailed = ({ conclusion }: { conclusion: string | null }): boolean =>
  failures.has(conclusion ?? '')

/** Whether a log may exist. */
export const ran = ({ conclusion }: WorkflowJob): boolean => conclusion !== 'skipped'

/**
 * Finds a job by id, by name, and then by name ignoring case.
 *
 * @throws GitHubNotFoundError with the existing names; UsageError if two match
 */
export function selectJob(jobs: WorkflowJob[], wanted: string): WorkflowJob {
  const ways = [
    (job: WorkflowJob) => String(job.id) === wanted,
    (job: WorkflowJob) => job.name === wanted,
    (job: WorkflowJob) => job.name.toLowerCase() === wanted.toLowerCase(),
  ]
  const found = ways.map((way) => jobs.filter(way)).find((some) => some.length > 0) ?? []
  const [only, another] = found
  if (only === undefined) {
    const there = oneLine(jobs.map(({ name }) => name).join(', '), 400)
    throw new GitHubNotFoundError(`no job ${oneLine(wanted, 100)}`, {
      hint: jobs.length > 0 ? `available: ${there}` : 'the run has no jobs yet',
    })
  }
  if (another === undefined) return only
  throw new UsageError(`${found.length} jobs are called ${oneLine(wanted, 100)}`, {
    hint: `name one by its id: ${found.map(({ id }) => id).join(', ')}`,
  })
}

export interface LineOptions {
  /** Keeps colours, as for a terminal. */
  colours?: boolean | undefined
}

/** Longer lines are split, so that memory does not grow with a line that never ends. */
const longestLine = 64 * 1024
/** Characters per piece. */
const pieceSize = 64 * 1024

/**
 * Turns the bytes of a log into whole lines. Each line is made safe by itself, so that an unclosed
 * escape sequence does not affect other lines. Adds a missing newline at the end.
 */
export async function* textOf(
  bytes: AsyncIterable<Buffer | string>,
  { colours = false }: LineOptions = {},
): AsyncGenerator<string> {
  let piece = ''
  for await (const line of linesOf(bytes)) {
    piece += `${plainText(line, { colours })}\n`
    if (piece.length < pieceSize) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

/** The lines without their line ends. */
export async function* linesOf(bytes: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of bytes) {
    rest += typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield* shortened(line)
    while (rest.length > longestLine) {
      yield rest.slice(0, longestLine)
      rest = rest.slice(longestLine)
    }
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}

function* shortened(line: string): Generator<string> {
  if (line.length <= longestLine) return yield line
  for (let at = 0; at < line.length; at += longestLine) yield line.slice(at, at + longestLine)
}
