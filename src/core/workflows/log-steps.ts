import type { LogText } from './log-files.js'
import { linesOf } from './log-lines.js'
import type { WorkflowStep } from './types.js'

/** `2026-01-14T10:00:08.1234567Z `, in front of each line; the second is enough. */
const stamp = /^\ufeff?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z /
const groupStart = '##[group]Run '
const errorMark = '##[error]'

/**
 * The lines of one failed step, of the log of its whole job: by the times at which it began and ended, which GitHub tells
 * in seconds, and within the first and the last second by the marks that the runner writes. All of the job's where its
 * times are not known, or nothing was written between them.
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
  /** Numbers of lines, from 0, both included. */
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
      // The step before may have ended, and the next one begun, within the same second.
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

/** The last lines, in memory that does not grow with the rest. */
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
