import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { hasCode } from '../base/fs/read.js'
import { fileOf, type LogLine, stampOf } from './line.js'
import type { LogName } from './log.js'

/** The days of which there are logs, the newest first. */
export async function daysOf(dir: string, logs: readonly LogName[]): Promise<string[]> {
  const names = await readdir(dir).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  })
  const days = names.flatMap((name) => {
    const [, log, day] = /^github-([a-z]+)-(\d{4}-\d\d-\d\d)\.log$/.exec(name) ?? []
    return day !== undefined && logs.some((one) => one === log) ? [day] : []
  })
  return [...new Set(days)].sort().reverse()
}

/** The lines of a day, of several logs in the order of their times; nothing of a log that is not there. */
export async function* readLogs(
  dir: string,
  logs: readonly LogName[],
  day: string,
): AsyncGenerator<LogLine> {
  const sources = logs.map((log) => ({ log, lines: linesOf(join(dir, fileOf(log, day))) }))
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
      // A line that is none of ours stays behind the one before.
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
