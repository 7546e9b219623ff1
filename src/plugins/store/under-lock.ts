import { existsSync } from 'node:fs'
import { PathError } from '../../base/errors.js'
import { lstatOrNull } from '../../base/fs/read.js'
import {
  describeFullDisk,
  describePlace,
  isFullDisk,
  isUnwritable,
} from '../../base/fs/system-error.js'
import { assertInside } from '../../config/locate/root.js'
import { acquireLock, type Lock } from '../../process/lock.js'
import { clearStaging, recoverStore } from './journal.js'
import { pathsOf, type StorePaths } from './paths.js'
import { PluginStore, type StoreSession } from './store.js'
import { reportKept, timeOf } from './trash.js'

/** Milliseconds that one wizard waits for another one with the same plugins. */
const lockWait = 60_000

/**
 * Runs one operation at a time per root; first finishes what a killed one left half-done.
 *
 * @param makeRoom frees some of a full disk; it runs without the lock
 * @throws LockedError; PathError if the place can't be written to
 */
export function underPluginLock<T>(
  session: StoreSession,
  command: string,
  work: (store: PluginStore) => Promise<T>,
  makeRoom?: (paths: StorePaths) => Promise<void>,
): Promise<T> {
  const paths = pathsOf(session.config.root)
  return explained(paths, async () => {
    const lock = await begin(session, paths, command).catch(async (error: unknown) => {
      if (makeRoom === undefined || !isFullDisk(error)) throw error
      await makeRoom(paths)
      return begin(session, paths, command)
    })
    return alone(paths, lock, () => work(new PluginStore(session, paths)))
  })
}

/**
 * The same for what only reads and notes what it learns of GitHub: where nothing can be written, it
 * goes on without the lock and the notes. A living holder of the lock is waited for all the same.
 *
 * @throws LockedError; PathError
 */
export function readingPlugins<T>(
  session: StoreSession,
  command: string,
  work: (store: PluginStore) => Promise<T>,
): Promise<T> {
  const paths = pathsOf(session.config.root)
  return explained(paths, async () => {
    const lock = await begin(session, paths, command).catch((error: unknown) => {
      if (!isUnwritable(error)) throw error
      return null
    })
    if (lock !== null) return alone(paths, lock, () => work(new PluginStore(session, paths, tried)))
    if (existsSync(paths.journal)) session.emit({ type: 'warning', message: halfDone })
    return work(new PluginStore(session, paths, async () => {}))
  })
}

const halfDone =
  'a change of a plugin is half-done: the next PLUGIN command that may write here finishes it'

const tried = (write: () => Promise<void>) =>
  write().catch((error: unknown) => {
    if (!isUnwritable(error)) throw error
  })

/** Takes the lock, and finishes what a killed run left. */
async function begin(session: StoreSession, paths: StorePaths, command: string): Promise<Lock> {
  const { clock, self, signal, emit } = session
  await assertOwnFolders(paths)
  const request = { path: paths.mark, command, wait: lockWait }
  const lock = await acquireLock({ clock, self, signal }, request)
  try {
    reportKept(emit, await recoverStore(paths, timeOf(clock)))
    return lock
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function alone<T>(paths: StorePaths, lock: Lock, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    // The next run removes what can't be removed now.
    await clearStaging(paths).catch(() => {})
    await lock.release()
  }
}

async function explained<T>({ plugins }: StorePaths, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw describePlace(describeFullDisk(error, plugins), plugins)
  }
}

/** Checks that writes and removals stay inside these folders. @throws PathError */
async function assertOwnFolders({ root, plugins, trash, own, ...paths }: StorePaths) {
  await assertInside(root, plugins)
  await assertInside(root, trash)
  for (const path of [own, paths.staging, paths.previous, paths.records, paths.cache]) {
    const stat = await lstatOrNull(path)
    if (stat === null || stat.isDirectory()) continue
    const what = stat.isSymbolicLink() ? 'a symbolic link' : 'not a folder'
    throw new PathError(`${path} is ${what}: wizard keeps its own files there`, {
      hint: 'move it away',
    })
  }
}
