import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, localTime } from '../base/clock.js'
import { oneLine } from '../base/text.js'

export type LogName = 'sync' | 'workflows' | 'releases' | 'webhooks' | 'api'
export type LogLevel = 'INFO' | 'WARN' | 'ERROR'

export interface Log {
  write(log: LogName, level: LogLevel, message: string): void
}

export interface LogFilesOptions {
  dir: string
  /** Days a file is kept. */
  keepDays: number
  clock: Clock
  /** Takes secrets out of a line. */
  redact(text: string): string
}

/** The files of one folder, for as long as the process lives. */
export interface LogFiles {
  /** A log that reports a failure to write to this listener: a warning, never an error. */
  reportingTo(onTrouble: (message: string) => void): Log
}

/** Characters; what is longer is cut. */
const longestLine = 4000
const fileName = /^github-(?:sync|workflows|releases|webhooks|api)-(\d{4}-\d{2}-\d{2})\.log$/

/**
 * One file a day and subject, readable by its owner alone. A line is written at once, in one call, so that
 * lines of two processes do not mix and none is lost at a kill. Old files are removed at the first line of each day.
 * A failure is reported once, until a line can be written again.
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
          const why = error instanceof Error ? error.message : error
          if (!isBroken) onTrouble(`can't write the log in ${dir}: ${why}`)
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
