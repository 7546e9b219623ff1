import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, localTime } from '../base/clock.js'
import { hasCode } from '../base/fs/read.js'
import type { LogName } from './log.js'
import { type LogLine, logFileOf, stampOf } from './read.js'

export interface FollowRequest {
  dir: string
  logs: readonly LogName[]
  clock: Clock
  signal: AbortSignal
}

/** Existing lines to show first. */
const shownBefore = 20
const interval = 500

/**
 * Yields the last lines of today and then each new one, as `tail -F` does. It waits for a file that
 * does not exist yet, starts again if a file was replaced or truncated, and moves on to the next
 * day's file at midnight.
 *
 * @throws the signal's reason; it does not end otherwise
 */
export async function* followLogs(request: FollowRequest): AsyncGenerator<LogLine> {
  const { dir, logs, clock, signal } = request
  const tails = logs.map((log) => new Tail(log, dir))
  try {
    for (let most = shownBefore; ; most = Number.POSITIVE_INFINITY) {
      const [day] = localTime(clock.now())
      const found: LogLine[] = []
      for (const tail of tails) found.push(...(await tail.read(day)))
      const ordered = found.sort((one, other) => compare(stampOf(one.text), stampOf(other.text)))
      yield* most === shownBefore ? ordered.slice(-most) : ordered
      await clock.sleep(interval, signal)
    }
  } finally {
    for (const tail of tails) await tail.close()
  }
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

/** Bytes read from the end at first; they hold more than the lines to show. */
const endBytes = 64 * 1024

/** Reads what is added to one log. */
class Tail {
  readonly #log: LogName
  readonly #dir: string
  #day = ''
  #file: FileHandle | null = null
  #offset = 0
  /** An unfinished last line. */
  #rest: Buffer = Buffer.alloc(0)
  #isFirst = true

  constructor(log: LogName, dir: string) {
    this.#log = log
    this.#dir = dir
  }

  async read(day: string): Promise<LogLine[]> {
    const lines: LogLine[] = []
    if (this.#file && this.#day !== day) {
      lines.push(...(await this.#added(this.#file)))
      await this.close()
    }
    this.#day = day
    await this.#reopen()
    if (this.#file) lines.push(...(await this.#added(this.#file)))
    this.#isFirst = false
    return lines
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = null
  }

  /** Opens the file if none is open, or if another one has taken its path. */
  async #reopen(): Promise<void> {
    const found = await openIfThere(join(this.#dir, logFileOf(this.#log, this.#day)))
    if (found && this.#file && (await isSame(found, this.#file))) return found.close()
    if (found === null) return
    await this.close()
    this.#file = found
    this.#rest = Buffer.alloc(0)
    const { size } = await found.stat()
    this.#offset = this.#isFirst ? Math.max(0, size - endBytes) : 0
  }

  async #added(file: FileHandle): Promise<LogLine[]> {
    const { size } = await file.stat()
    if (size < this.#offset) {
      this.#offset = 0
      this.#rest = Buffer.alloc(0)
    }
    const isCut = this.#isFirst && this.#offset > 0
    const bytes = Buffer.alloc(size - this.#offset)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, this.#offset)
    this.#offset += bytesRead
    const whole = Buffer.concat([this.#rest, bytes.subarray(0, bytesRead)])
    const end = whole.lastIndexOf(0x0a) + 1
    this.#rest = whole.subarray(end)
    const texts = whole
      .toString('utf8', 0, end)
      .split('\n')
      .slice(isCut ? 1 : 0, -1)
    return texts.map((text) => ({ log: this.#log, text }))
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

async function isSame(one: FileHandle, other: FileHandle): Promise<boolean> {
  const [first, second] = await Promise.all([one.stat(), other.stat()])
  return first.ino === second.ino && first.dev === second.dev
}
