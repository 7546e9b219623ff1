import { type InstalledPlugin, installedOf } from '../installed.js'
import { isNewer } from '../newer.js'
import type { PluginStore } from '../store/store.js'
import { underPluginLock } from '../store/under-lock.js'
import type { PluginSession } from '../types.js'
import { type Finder, type Prepared, prepare } from './prepare.js'
import type { Version, Wanted } from './resolve.js'

/**
 * Installs a version of a plugin with what it needs: all of it is downloaded and checked before the first is put in place.
 *
 * @returns in the order in which they were put in place, the one asked for last
 * @throws ConflictError, NotFoundError, GitHubNotFoundError, ConfigError, PathError: see `prepare`; LockedError
 */
export function install(
  session: PluginSession,
  wanted: Wanted,
  find: Finder,
): Promise<InstalledPlugin[]> {
  return underPluginLock(session, 'PLUGIN INSTALL', async (store) => {
    const prepared = await prepare(session, store, wanted, find)
    return putAllInPlace(session, store, prepared)
  })
}

/** In their order. */
export async function putAllInPlace(
  session: Pick<PluginSession, 'log' | 'emit'>,
  store: PluginStore,
  prepared: Prepared[],
): Promise<InstalledPlugin[]> {
  const done: InstalledPlugin[] = []
  for (const one of prepared) done.push(await putOne(session, store, one))
  return done
}

async function putOne(
  { log, emit }: Pick<PluginSession, 'log' | 'emit'>,
  store: PluginStore,
  { id, version, staged, neededBy }: Prepared,
): Promise<InstalledPlugin> {
  const isUpdate = store.entries.has(id) && (await store.isThere(id))
  if (staged !== null) {
    emit({ type: 'step', message: `Installing ${id} ${version.manifest.version ?? version.tag}` })
    await store.putInPlace(id, staged.work, staged.entry)
  }
  await store.change(id, { latest: latestOf(store, id, version) })
  const status = staged === null ? 'unchanged' : isUpdate ? 'updated' : 'installed'
  const entry = store.entry(id)
  log.write('sync', 'INFO', `✅ plugin ${id} ${status} (${entry.repo}@${entry.tag})`)
  const { postInstall } = version.manifest.installation
  return {
    ...installedOf(store, id, status),
    needed_by: neededBy,
    post_install: staged === null ? [] : postInstall,
  }
}

/** An older version that was asked for by name, and a pre-release, say nothing of what is newest. */
function latestOf(store: PluginStore, id: string, { tag, manifest, release }: Version) {
  const known = store.stateOf(id).latest
  const mine = { tag, version: manifest.version }
  if (known === null) return mine
  return release?.prerelease !== true && isNewer(mine, known) ? mine : known
}
