import { cp } from 'node:fs/promises'
import { ConflictError, NotFoundError } from '../base/errors.js'
import { logMarks } from '../logs/marks.js'
import { assertNotNeeded, warnOfDisabling, warnOfMisfits } from './dependents.js'
import { pluginInfoOf } from './info.js'
import { type InstalledPlugin, installedOf } from './installed.js'
import { isNewer } from './newer.js'
import type { PluginInfo, PluginSession } from './session.js'
import { dropFromCache } from './store/cache.js'
import { readLock } from './store/lock-file.js'
import { differenceOf, isAsRecorded } from './store/record.js'
import type { PluginState } from './store/state.js'
import type { PluginStore } from './store/store.js'
import { underPluginLock } from './store/under-lock.js'

/** Enables, disables, pins or unpins a plugin; its files stay as they are. */
export function change(
  session: PluginSession,
  command: string,
  id: string,
  what: Partial<Pick<PluginState, 'enabled' | 'pinned'>>,
): Promise<PluginInfo> {
  return underPluginLock(session, command, async (store) => {
    const entry = store.entry(id)
    await store.change(id, what)
    if (what.enabled === false) await warnOfDisabling(session, store, id)
    return pluginInfoOf(id, entry, store.stateOf(id), isNewer)
  })
}

/**
 * Removes a plugin. Changed files go to the trash.
 *
 * @throws ConflictError if another one needs it, unless it is forced
 */
export function remove(session: PluginSession, id: string): Promise<PluginInfo> {
  const work = async (store: PluginStore) => {
    const info = pluginInfoOf(id, store.entry(id), store.stateOf(id), isNewer)
    if (await store.isThere(id)) await store.assertOurs(id)
    if (!session.force) await assertNotNeeded(store, id)
    await store.remove(id)
    session.log.write('sync', 'INFO', `${logMarks.good} plugin ${id} removed`)
    return {
      ...info,
      installed_version: null,
      enabled: false,
      pinned: false,
      update_available: false,
    }
  }
  return underPluginLock(session, 'PLUGIN REMOVE', work, (paths) =>
    dropFromCache(paths, readLock(paths.lockFile), id),
  )
}

/**
 * Restores the previous version byte for byte. The current one becomes the previous version, so
 * that a second call undoes it.
 *
 * @throws NotFoundError if no previous version is kept; ConflictError if it is damaged
 */
export function rollback(session: PluginSession, id: string): Promise<InstalledPlugin> {
  return underPluginLock(session, 'PLUGIN ROLLBACK', async (store) => {
    store.entry(id)
    const { tree, record: reading } = store.previousOf(id)
    const record = await reading
    if (record === null || !(await store.hasPrevious(id))) {
      throw new NotFoundError(`no previous version of ${id} was kept: nothing was changed`, {
        hint: [
          { verb: ['PLUGIN', 'INSTALL'], target: `${id}@VERSION` },
          ' downloads one from GitHub',
        ],
      })
    }
    if (!isAsRecorded(await differenceOf(tree, record.files))) {
      throw new ConflictError(
        `the files of the previous version of ${id} were changed, so it was not restored`,
        {
          hint: [
            `it is in ${tree}; `,
            { verb: ['PLUGIN', 'INSTALL'], target: `${id}@VERSION` },
            ' downloads a clean one from GitHub',
          ],
        },
      )
    }
    const { work, tree: fresh } = await store.newTree(id)
    await cp(tree, fresh, { recursive: true, errorOnExist: true, force: false })
    await store.putInPlace(id, work, record.entry)
    session.log.write('sync', 'INFO', `${logMarks.good} plugin ${id} back at ${record.entry.tag}`)
    await warnOfMisfits(session, store, id)
    return installedOf(store, id, 'updated')
  })
}
