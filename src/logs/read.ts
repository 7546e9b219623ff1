import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { hasCode, namesIn } from '../base/fs/read.js'
import type { LogLevel, LogName } from './log.js'

/** The days that have logs, newest first. */
export async function daysOf(dir: string, logs: readonly LogName[]): Promise<string[]> {
  const days = (await namesIn(dir)).flatMap((name) => {
    const [, log, day] = /^github-([a-z]+)-(\d{4}-\d\d-\d\d)\.log$/.exec(name) ?? []
    return day !== undefined && logs.some((one) => one === log) ? [day] : []
  })
  return [...new Set(days)].sort().reverse()
}

/**
 * The lines of a day, from several logs in the order of their times. Skips logs that do not exist.
 */
export async function* readLogFiles(
  dir: string,
  logs: readonly LogName[],
  day: string,
): AsyncGenerator<LogLine> {
  const sources = logs.map((log) => ({ log, lines: linesOf(join(dir, logFileOf(log, day))) }))
  const heads: { log: LogName; lines: AsyncIterator<string>; text: string; stamp: string }[] = []
  try {
    for (const { log, lines } of sources) {
      const first = await lines.next()
      if (!first.done) heads.push({ log, lines, text: first.value, stamp: stampOf(first.value) })
    }
    while (heads.length > 0) {
      const next = heads.reduce((one, other) => (other.stamp < one.stamp ? other : one))
      yield { log: next.log, text: next.text }
      const after = await next.lines.next()
      if (after.done) heads.splice(heads.indexOf(next), 1)
      // A line that wizard did not write stays after the one before it.
      else Object.assign(next, { text: after.value, stamp: stampOf(after.value) || next.stamp })
    }
  } finally {
    for (const { lines } of sources) await lines.return(undefined)
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const input = createReadStream(path, { encoding: 'utf8' })
  try {
    await once(input, 'open')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return
    throw error
  }
  yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
}

export const logNames = [
  'sync',
  'workflows',
  'releases',
  'api',
  'webhooks',
] as const satisfies LogName[]

/** A line of a log, verbatim. */
export interface LogLine {
  log: LogName
  text: string
}

/** The same as data. */
export interface LogEntry {
  /** ISO 8601, UTC; null for a line that wizard did not write. */
  time: string | null
  level: LogLevel | null
  log: LogName
  message: string
}

const shape = /^\[(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\] \[(INFO|WARN|ERROR)\] \[[A-Z]+\] (.*)$/

export function parseLine({ log, text }: LogLine): LogEntry {
  const [, day, time, level, message] = shape.exec(text) ?? []
  const at = new Date(`${day}T${time}`)
  if (message === undefined || Number.isNaN(at.getTime())) {
    return { time: null, level: null, log, message: text }
  }
  return { time: at.toISOString(), level: level as LogLevel, log, message }
}

/**
 * The local time by which lines of several logs are sorted. The order within one second is not
 * known.
 */
export const stampOf = (text: string): string => /^\[([\d-]+ [\d:]+)\]/.exec(text)?.[1] ?? ''

export const logFileOf = (log: LogName, day: string): string => `github-${log}-${day}.log`
