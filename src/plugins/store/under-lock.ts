import { PathError } from '../../base/errors.js'
import { describeFullDisk, describePlace, lstatOrNull } from '../../base/fs/read.js'
import { assertInside } from '../../config/locate/root.js'
import { acquireLock } from '../../process/lock.js'
import { clearStaging, recover } from './journal.js'
import { pathsOf, type StorePaths } from './paths.js'
import { PluginStore, type StoreSession } from './store.js'
import { tellKept, timeOf } from './trash.js'

/** Milliseconds that one wizard waits for another at the same plugins. */
const lockWait = 60_000

/**
 * One at a time per root; what a killed one left half-done is finished first.
 *
 * @throws LockedError; PathError where the place can't be written to
 */
export async function underPluginLock<T>(
  session: StoreSession,
  command: string,
  work: (store: PluginStore) => Promise<T>,
): Promise<T> {
  const { clock, self, signal, emit, config } = session
  const paths = pathsOf(config.root)
  try {
    await expectOwnFolders(paths)
    const request = { path: paths.mark, command, wait: lockWait }
    const lock = await acquireLock({ clock, self, signal }, request)
    try {
      tellKept(emit, await recover(paths, timeOf(clock)))
      return await work(new PluginStore(session, paths))
    } finally {
      // What can't be removed now is removed by the next one.
      await clearStaging(paths).catch(() => {})
      await lock.release()
    }
  } catch (error) {
    throw describePlace(describeFullDisk(error, paths.plugins), paths.plugins)
  }
}

/** That what is put and removed there is put and removed there, and nowhere else. @throws PathError */
async function expectOwnFolders({ root, plugins, trash, own, ...paths }: StorePaths) {
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
