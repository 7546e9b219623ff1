import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod/mini'
import { crypto } from '../base/builtin.js'
import type { Clock } from '../base/clock.js'
import { LockedError } from '../base/errors.js'
import type { Hint } from '../base/hint.js'
import { livenessFor, type ProcessIdentity, processIdentitySchema } from './identity.js'
import { type Holder, readMark, takeMark } from './owner-mark.js'

const markSchema = z.extend(processIdentitySchema, { since: z.string(), command: z.string() })

export interface LockOptions {
  clock: Clock
  self: ProcessIdentity
  signal?: AbortSignal | undefined
}

export interface LockRequest {
  path: string
  /** What the holder does, for those who wait. */
  command: string
  /** Milliseconds to wait for another holder. */
  wait: number
  /** What to do if the wait fails, besides waiting longer. */
  hint?: Hint | undefined
}

export interface Lock {
  release(): Promise<void>
}

/** Milliseconds between two attempts: they grow from `firstPause` to `longestPause`. */
const firstPause = 50
const longestPause = 1000

/**
 * Takes the lock, and waits for a living holder. A busy holder never expires: a lock is dead if its
 * process is gone on this host and boot, and a lock of another host never is.
 *
 * @throws LockedError if the holder is still alive after `wait`
 */
export async function acquireLock(options: LockOptions, request: LockRequest): Promise<Lock> {
  await mkdir(dirname(request.path), { recursive: true })
  const deadline = options.clock.now() + request.wait
  const mark = markOf(options, request.command)
  const liveness = { ...livenessFor(options.self), mark }
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    const holder = await takeMark(request.path, liveness)
    if (holder === null) return { release: () => release(request.path, mark) }
    const left = deadline - options.clock.now()
    if (left <= 0) throw lockedBy(holder, request)
    await options.clock.sleep(Math.min(pause, left), options.signal)
  }
}

/** Differs each time the lock is taken. */
const markOf = ({ self, clock }: LockOptions, command: string) =>
  JSON.stringify({
    ...self,
    since: new Date(clock.now()).toISOString(),
    command,
    token: crypto().randomUUID(),
  })

async function release(path: string, mark: string): Promise<void> {
  const holder = await readMark(path)
  if (typeof holder === 'object' && holder.mark === mark) await rm(path, { force: true })
}

function lockedBy(holder: Holder, { path, hint }: LockRequest): LockedError {
  const known = typeof holder === 'object' ? parseMark(holder.mark) : null
  if (known === null) {
    return new LockedError(`${path} is locked, and does not say by whom`, {
      hint: 'remove the file if no other wizard is running',
    })
  }
  const { pid, host, since, command } = known
  return new LockedError(
    `another wizard is running: ${command} (process ${pid} on ${host}, since ${since})`,
    { hint: hint ?? 'wait for it to end, and run the command again' },
  )
}

function parseMark(mark: string): z.infer<typeof markSchema> | null {
  try {
    return markSchema.parse(JSON.parse(mark))
  } catch {
    return null
  }
}
