import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, localTime } from '../base/clock.js'
import { reasonOf } from '../base/fs/system-error.js'
import { oneLine } from '../base/text.js'

export type LogName = 'sync' | 'workflows' | 'releases' | 'webhooks' | 'api'
export type LogLevel = 'INFO' | 'WARN' | 'ERROR'

export interface Log {
  write(log: LogName, level: LogLevel, message: string): void
  /** Writes many lines at once; a log without it gets them one by one. */
  writeLines?(log: LogName, level: LogLevel, messages: readonly string[]): void
}

/** Writes many lines with one access to the file, if the log can do so. */
export function writeLines(
  to: Log,
  log: LogName,
  level: LogLevel,
  messages: readonly string[],
): void {
  if (to.writeLines) to.writeLines(log, level, messages)
  else for (const message of messages) to.write(log, level, message)
}

export interface LogFilesOptions {
  dir: string
  /** Days to keep a file. */
  keepDays: number
  clock: Clock
  /** Removes secrets from a line. */
  redact(text: string): string
}

/** The log files of one folder, for the life of the process. */
export interface LogFiles {
  /** A log that reports write failures to this listener: a warning, never an error. */
  reportingTo(onTrouble: (message: string) => void): Log
}

/** Characters; longer lines are cut. */
const longestLine = 4000
const fileName = /^github-(?:sync|workflows|releases|webhooks|api)-(\d{4}-\d{2}-\d{2})\.log$/

/**
 * One file per day and subject, readable by its owner only. Each line is in the
 * file when the call returns, so that a kill loses none, and the lines of a call are written with one
 * access, so that those of two processes do not mix within a line. The first line of each day removes
 * old files. A failure is reported once, until a write succeeds again.
 */
export function openLog({ dir, keepDays, clock, redact }: LogFilesOptions): LogFiles {
  let cleanedOn: string | undefined
  let isBroken = false
  const append = (log: LogName, level: LogLevel, messages: readonly string[]) => {
    const [day, time] = localTime(clock.now())
    if (cleanedOn !== day || isBroken) {
      mkdirSync(dir, { recursive: true, mode: 0o700 })
      removeOldFiles(dir, localTime(clock.now() - keepDays * 86_400_000)[0])
      cleanedOn = day
    }
    const start = `[${day} ${time}] [${level}] [${log.toUpperCase()}]`
    const lines = messages.map((text) => `${start} ${oneLine(redact(text), longestLine)}\n`)
    appendFileSync(join(dir, `github-${log}-${day}.log`), lines.join(''), { mode: 0o600 })
  }
  const reportingTo = (onTrouble: (message: string) => void) => {
    const writeLines: Log['writeLines'] = (log, level, messages) => {
      try {
        append(log, level, messages)
        isBroken = false
      } catch (error) {
        if (!isBroken) onTrouble(`can't write the log in ${dir}: ${reasonOf(error)}`)
        isBroken = true
      }
    }
    return {
      writeLines,
      write: (log: LogName, level: LogLevel, message: string) => writeLines(log, level, [message]),
    }
  }
  return { reportingTo }
}

function removeOldFiles(dir: string, oldest: string): void {
  for (const name of readdirSync(dir)) {
    const day = fileName.exec(name)?.[1]
    if (day !== undefined && day < oldest) rmSync(join(dir, name), { force: true })
  }
}
