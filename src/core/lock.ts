import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { Clock } from './clock.js'
import { LockedError } from './errors.js'
import { livenessOf, type ProcessIdentity, processIdentitySchema } from './process-identity.js'

const lockSchema = processIdentitySchema.extend({
  /** Differs for each time the lock is taken. */
  token: z.string(),
  since: z.string(),
  command: z.string(),
})

type Holder = z.infer<typeof lockSchema>

export interface LockDeps {
  clock: Clock
  self: ProcessIdentity
  signal?: AbortSignal | undefined
}

export interface LockRequest {
  path: string
  /** What is being done, for whoever has to wait. */
  command: string
  /** Milliseconds to wait for another holder to finish. */
  wait: number
}

export interface Lock {
  release(): Promise<void>
}

/** Milliseconds between two looks: short at first, then longer. */
const firstPause = 50
const longestPause = 1000

/**
 * Takes the lock, waiting for a living holder. There is no time after which a busy holder counts as dead:
 * a lock is dead when its process is gone on this host and boot; another host's never is.
 *
 * @throws LockedError when the holder is still at work after `wait`.
 */
export async function acquireLock(deps: LockDeps, request: LockRequest): Promise<Lock> {
  await mkdir(dirname(request.path), { recursive: true })
  const deadline = deps.clock.now() + request.wait
  const mine = createHolder(deps, request.command)
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    if (await place(request.path, mine)) return heldLock(request.path, mine)
    const holder = await readHolder(request.path)
    if (holder === 'gone') continue
    if (holder !== 'unreadable' && (await livenessOf(holder)) === 'dead') {
      if (await takeOver(deps, request.path, holder, mine)) return heldLock(request.path, mine)
      continue
    }
    if (deps.clock.now() >= deadline) throw lockedBy(holder, request.path)
    await deps.clock.sleep(pause, deps.signal)
  }
}

const createHolder = ({ self, clock }: LockDeps, command: string): Holder => ({
  ...self,
  token: randomUUID(),
  since: new Date(clock.now()).toISOString(),
  command,
})

const heldLock = (path: string, mine: Holder): Lock => ({
  async release() {
    const holder = await readHolder(path)
    if (typeof holder === 'object' && holder.token === mine.token) await rm(path, { force: true })
  },
})

/** Written beside and linked, so that the lock is never there without its holder's name. */
async function place(path: string, mine: Holder): Promise<boolean> {
  const temporary = await writeBeside(path, mine)
  try {
    await link(temporary, path)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

/**
 * Replaces a dead holder. Only who holds the lock named after the dead holder's token may do so,
 * else two that found the same dead one could each believe they had taken over.
 */
async function takeOver(
  deps: LockDeps,
  path: string,
  dead: Holder,
  mine: Holder,
): Promise<boolean> {
  const right = await acquireLock(deps, {
    path: `${path}.${dead.token}`,
    command: 'take over',
    wait: 10_000,
  })
  try {
    const holder = await readHolder(path)
    if (typeof holder !== 'object' || holder.token !== dead.token) return false
    await rename(await writeBeside(path, mine), path)
    return true
  } finally {
    await right.release()
  }
}

async function writeBeside(path: string, mine: Holder): Promise<string> {
  const temporary = `${path}.${mine.token}.tmp`
  await writeFile(temporary, `${JSON.stringify(mine)}\n`, { mode: 0o600 })
  return temporary
}

async function readHolder(path: string): Promise<Holder | 'gone' | 'unreadable'> {
  try {
    const parsed = lockSchema.safeParse(JSON.parse(await readFile(path, 'utf8')))
    return parsed.success ? parsed.data : 'unreadable'
  } catch (error) {
    if (isCode(error, 'ENOENT')) return 'gone'
    if (error instanceof SyntaxError) return 'unreadable'
    throw error
  }
}

function lockedBy(holder: Holder | 'unreadable', path: string): LockedError {
  if (holder === 'unreadable') {
    return new LockedError(`${path} is held, and does not say by whom`, {
      hint: 'remove the file if no other wizard is at work',
    })
  }
  const { pid, host, since, command } = holder
  return new LockedError(
    `another wizard is at work: ${command} (process ${pid} on ${host}, since ${since})`,
    {
      hint: 'wait for it to end, or give --lock-wait more seconds',
    },
  )
}

const isCode = (error: unknown, code: string) =>
  error instanceof Error && 'code' in error && error.code === code
