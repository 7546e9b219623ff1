import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, localTime } from '../base/clock.js'
import { reasonOf } from '../base/fs/system-error.js'
import { oneLine } from '../base/text.js'

export type LogName = 'sync' | 'workflows' | 'releases' | 'webhooks' | 'api'
export type LogLevel = 'INFO' | 'WARN' | 'ERROR'

export interface Log {
  write(log: LogName, level: LogLevel, message: string): void
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
 * One file per day and subject, readable by its owner only. One call writes each line at once, so
 * that lines of two processes do not mix and a kill loses none. The first line of each day removes
 * old files. A failure is reported once, until a write succeeds again.
 */
export function openLog({ dir, keepDays, clock, redact }: LogFilesOptions): LogFiles {
  let cleanedOn: string | undefined
  let isBroken = false
  const append = (log: LogName, level: LogLevel, message: string) => {
    const [day, time] = localTime(clock.now())
    if (cleanedOn !== day || isBroken) {
      mkdirSync(dir, { recursive: true, mode: 0o700 })
      removeOldFiles(dir, localTime(clock.now() - keepDays * 86_400_000)[0])
      cleanedOn = day
    }
    const line = `[${day} ${time}] [${level}] [${log.toUpperCase()}] ${oneLine(redact(message), longestLine)}\n`
    appendFileSync(join(dir, `github-${log}-${day}.log`), line, { mode: 0o600 })
  }
  return {
    reportingTo: (onTrouble) => ({
      write(log, level, message) {
        try {
          append(log, level, message)
          isBroken = false
        } catch (error) {
          if (!isBroken) onTrouble(`can't write the log in ${dir}: ${reasonOf(error)}`)
          isBroken = true
        }
      },
    }),
  }
}

function removeOldFiles(dir: string, oldest: string): void {
  for (const name of readdirSync(dir)) {
    const day = fileName.exec(name)?.[1]
    if (day !== undefined && day < oldest) rmSync(join(dir, name), { force: true })
  }
}
