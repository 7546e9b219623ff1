import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, localTime } from '../base/clock.js'
import { oneLine } from '../base/text.js'

export type LogName = 'sync' | 'workflows' | 'releases' | 'webhooks' | 'api'
export type LogLevel = 'INFO' | 'WARN' | 'ERROR'

export interface Log {
  write(log: LogName, level: LogLevel, message: string): void
}

export interface LogOptions {
  dir: string
  /** Days a file is kept. */
  keepDays: number
  clock: Clock
  /** Takes secrets out of a line. */
  redact(text: string): string
  /** Told once, when a log can't be written: that is a warning, never a failure. */
  onTrouble(message: string): void
}

/** Characters; what is longer is cut. */
const longestLine = 4000
const fileName = /^github-(?:sync|workflows|releases|webhooks|api)-(\d{4}-\d{2}-\d{2})\.log$/

/**
 * One file a day and subject, readable by its owner alone. A line is written at once, in one call, so that
 * lines of two processes do not mix and none is lost at a kill.
 */
export function openLog({ dir, keepDays, clock, redact, onTrouble }: LogOptions): Log {
  let state: 'new' | 'open' | 'broken' = 'new'
  const attempt = (write: () => void) => {
    try {
      write()
    } catch (error) {
      state = 'broken'
      onTrouble(`can't write the log in ${dir}: ${error instanceof Error ? error.message : error}`)
    }
  }
  return {
    write(log, level, message) {
      if (state === 'broken') return
      const [day, time] = localTime(clock.now())
      attempt(() => {
        if (state === 'new') {
          mkdirSync(dir, { recursive: true, mode: 0o700 })
          removeOldFiles(dir, localTime(clock.now() - keepDays * 86_400_000)[0])
          state = 'open'
        }
        const line = `[${day} ${time}] [${level}] [${log.toUpperCase()}] ${oneLine(redact(message), longestLine)}\n`
        appendFileSync(join(dir, `github-${log}-${day}.log`), line, { mode: 0o600 })
      })
    },
  }
}

function removeOldFiles(dir: string, oldest: string): void {
  for (const name of readdirSync(dir)) {
    const day = fileName.exec(name)?.[1]
    if (day !== undefined && day < oldest) rmSync(join(dir, name), { force: true })
  }
}
