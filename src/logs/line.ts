import type { LogLevel, LogName } from './log.js'

export const logNames = [
  'sync',
  'workflows',
  'releases',
  'api',
  'webhooks',
] as const satisfies LogName[]

/** A line of a log, as it stands there. */
export interface LogLine {
  log: LogName
  text: string
}

/** The same as data. */
export interface LogEntry {
  /** ISO 8601, UTC; null for a line that is none of wizard's. */
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

/** What lines of several logs are ordered by: their local time; of two at the same second the order is not known. */
export const stampOf = (text: string): string => /^\[([\d-]+ [\d:]+)\]/.exec(text)?.[1] ?? ''

export const fileOf = (log: LogName, day: string): string => `github-${log}-${day}.log`
