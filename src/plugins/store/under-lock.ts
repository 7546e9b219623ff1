import { PathError } from '../../base/errors.js'
import { lstatOrNull } from '../../base/fs/read.js'
import { describeFullDisk, describePlace } from '../../base/fs/system-error.js'
import { assertInside } from '../../config/locate/root.js'
import { acquireLock } from '../../process/lock.js'
import { clearStaging, recoverStore } from './journal.js'
import { pathsOf, type StorePaths } from './paths.js'
import { PluginStore, type StoreSession } from './store.js'
import { reportKept, timeOf } from './trash.js'

/** Milliseconds that one wizard waits for another one with the same plugins. */
const lockWait = 60_000

/**
 * Runs one operation at a time per root; first finishes what a killed one left half-done.
 *
 * @throws LockedError; PathError if the place can't be written to
 */
export async function underPluginLock<T>(
  session: StoreSession,
  command: string,
  work: (store: PluginStore) => Promise<T>,
): Promise<T> {
  const { clock, self, signal, emit, config } = session
  const paths = pathsOf(config.root)
  try {
    await assertOwnFolders(paths)
    const request = { path: paths.mark, command, wait: lockWait }
    const lock = await acquireLock({ clock, self, signal }, request)
    try {
      reportKept(emit, await recoverStore(paths, timeOf(clock)))
      return await work(new PluginStore(session, paths))
    } finally {
      // The next run removes what can't be removed now.
      await clearStaging(paths).catch(() => {})
      await lock.release()
    }
  } catch (error) {
    throw describePlace(describeFullDisk(error, paths.plugins), paths.plugins)
  }
}

/** Checks that writes and removals stay inside these folders. @throws PathError */
async function assertOwnFolders({ root, plugins, trash, own, ...paths }: StorePaths) {
  await assertInside(root, plugins)
  await assertInside(root, trash)
  for (const path of [own, paths.staging, paths.previous, paths.records, paths.cache]) {
    const stat = await lstatOrNull(path)
    if (stat === null || stat.isDirectory()) continue
    const what = stat.isSymbolicLink() ? 'a symbolic link' : 'no folder'
    throw new PathError(`${path} is ${what}: wizard keeps files of its own there`, {
      hint: 'move it away',
    })
  }
}
