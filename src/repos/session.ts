import { join } from 'node:path'
import type { CommonEvent } from '../base/call.js'
import type { Git, GitProgress } from '../git/git.js'
import { userEnvironment } from '../git/plumbing/config/worktree-settings.js'
import { livenessFor } from '../process/identity.js'
import type { ConfiguredSession } from '../session.js'
import type { SyncEntry } from './report.js'
import { SyncState } from './state.js'

/** The arguments of every operation of RepoSync. */
export type RepoSession = ConfiguredSession<RepoEvent>

/** What RepoSync reports while it works. */
export type RepoEvent =
  | CommonEvent
  | { type: 'sync-planned'; total: number }
  | { type: 'repository-started'; repo: string; path: string; action: 'clone' | 'pull' }
  | { type: 'repository-progress'; repo: string; path: string; progress: GitProgress }
  | { type: 'repository-done'; entry: SyncEntry }

/** Milliseconds that a sync waits for another one in the same root. */
const defaultLockWait = 60_000

/**
 * Takes the root's lock, passes on the remembered state, and saves it at the end, whatever happens.
 *
 * @throws LockedError if another wizard still holds the lock after `wait` milliseconds
 */
export async function underLock<T>(
  session: RepoSession,
  command: string,
  wait: number | undefined,
  work: (state: SyncState) => Promise<T>,
): Promise<T> {
  const { acquireLock } = await import('../process/lock.js')
  const { clock, self, signal, config } = session
  const lock = await acquireLock(
    { clock, self, signal },
    {
      path: join(config.root, '.wizard', 'lock'),
      command,
      wait: wait ?? defaultLockWait,
      hint: ['wait until it ends, or give ', { flag: 'lock-wait' }, ' more seconds'],
    },
  )
  try {
    const state = await openState(session)
    try {
      return await work(state)
    } finally {
      await state.save()
    }
  } finally {
    await lock.release()
  }
}

export const openState = ({ config, emit }: RepoSession) =>
  SyncState.open(config.root, (message) => emit({ type: 'warning', message }))

/** The arguments of src/git for this session. */
export async function gitOf(session: RepoSession): Promise<Git> {
  const { client, self, signal, emit, host, config } = session
  const onRequest = (message: string) => emit({ type: 'request', message })
  const onWarning = (message: string) => emit({ type: 'warning', message })
  const env = userEnvironment(host.env)
  const engine = config.gitEngine
  const liveness = livenessFor(self)
  return { ...(await client.git()), engine, liveness, signal, onRequest, onWarning, env }
}
