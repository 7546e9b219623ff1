import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { ConflictError, GitHubNotFoundError, NotFoundError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { logMarks } from '../../logs/marks.js'
import { isWhole as isUploaded } from '../../releases/info.js'
import { type InstalledPlugin, installedOf } from '../installed.js'
import type { Platform } from '../manifest/installation.js'
import { isNewer } from '../newer.js'
import { assertPublisher } from '../publishers.js'
import type { PluginSession } from '../session.js'
import { takeFromCache } from '../store/cache.js'
import type { LockEntry } from '../store/lock-file.js'
import type { PluginStore } from '../store/store.js'
import { underPluginLock } from '../store/under-lock.js'
import { assertSameCommit, signerOf, uncovered, unsigned } from './allowed.js'
import { type Finder, isHere, type Prepared, prepare } from './prepare.js'
import { type PluginVersion, resolveVersion, type WantedPlugin } from './resolve.js'
import { type ChosenAsset, selectAsset } from './select-asset.js'
import { isSignedWhole, stage } from './stage.js'

/**
 * Installs a version of a plugin and its dependencies: everything is downloaded and checked before
 * the first one is put in place.
 *
 * @returns in the order of installation, the requested one last
 * @throws ConflictError, NotFoundError, GitHubNotFoundError, ConfigError, PathError: see `prepare`;
 *   LockedError
 */
export function install(
  session: PluginSession,
  wanted: WantedPlugin,
  find: Finder,
): Promise<InstalledPlugin[]> {
  return underPluginLock(session, 'PLUGIN INSTALL', async (store) => {
    const prepared = await prepare(session, store, wanted, find)
    return putAllInPlace(session, store, prepared)
  })
}

/** In the given order. */
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
  log.write('sync', 'INFO', `${logMarks.good} plugin ${id} ${status} (${entry.repo}@${entry.tag})`)
  const { postInstall } = version.manifest.installation
  return {
    ...installedOf(store, id, status),
    needed_by: neededBy,
    post_install: staged === null ? [] : postInstall,
  }
}

/** An explicit older version, or a pre-release, says nothing about the latest version. */
function latestOf(store: PluginStore, id: string, { tag, manifest, release }: PluginVersion) {
  const known = store.stateOf(id).latest
  const mine = { tag, version: manifest.version }
  if (known === null) return mine
  return release?.prerelease !== true && isNewer(mine, known) ? mine : known
}

/**
 * Installs exactly what plugins.lock.json names: the same commit and bytes, or nothing. Installed
 * plugins cost no request.
 *
 * @param id one of them; null: all
 * @throws NotFoundError if it is not in the lock; ConflictError for a moved tag and for other bytes
 */
export function installFrozen(
  session: PluginSession,
  id: string | null,
): Promise<InstalledPlugin[]> {
  return underPluginLock(session, 'PLUGIN INSTALL --frozen', async (store) => {
    const { requireSignatures } = await session.config.plugins()
    const done: InstalledPlugin[] = []
    const staged: Prepared[] = []
    for (const [name, entry] of chosen(store, id)) {
      if (requireSignatures && entry.signed_by === null) throw unsigned(name)
      // What wizard noted when it checked the signature; the lock may be anybody's.
      const isChecked = (own: LockEntry) => !requireSignatures || own.signed_whole
      const record = await store.recordOf(name)
      if (record !== null && isChecked(record.entry) && (await isHere(store, name))) {
        done.push(installedOf(store, name, 'unchanged'))
      } else if (await putFromCache(store, name, { entry, isChecked })) {
        done.push(installedOf(store, name, 'installed'))
      } else staged.push(await stageLocked(session, store, name, entry))
    }
    return [...done, ...(await putAllInPlace(session, store, staged))]
  })
}

function chosen(store: PluginStore, id: string | null): [string, LockEntry][] {
  const entries = [...store.entries]
  if (id === null && entries.length === 0 && !existsSync(store.paths.lockFile)) {
    throw new NotFoundError(
      `${store.paths.lockFile} does not exist, so there is nothing to install`,
    )
  }
  if (id === null) return entries
  const found = entries.filter(([name]) => name === id)
  if (found.length > 0) return found
  throw new NotFoundError(`${oneLine(id, 100)} is not in plugins.lock.json`, {
    hint: [
      `it has ${entries.map(([name]) => name).join(', ') || 'nothing'}; without `,
      { flag: 'frozen' },
      ' wizard looks for it on GitHub',
    ],
  })
}

/** Without a network: from the cache of earlier installations. */
async function putFromCache(
  store: PluginStore,
  id: string,
  { entry, isChecked }: { entry: LockEntry; isChecked: (own: LockEntry) => boolean },
): Promise<boolean> {
  await store.assertOurs(id)
  const { work, tree } = await store.newTree(id)
  const own = await takeFromCache(store.paths, entry.sha256, tree)
  if (own === null || !isChecked(own)) {
    await rm(tree, { recursive: true, force: true })
    return false
  }
  const { signed_by, signed_whole } = own
  await store.putInPlace(id, work, { ...entry, signed_by, signed_whole })
  return true
}

async function stageLocked(
  session: PluginSession,
  store: PluginStore,
  id: string,
  entry: LockEntry,
): Promise<Prepared> {
  await store.assertOurs(id)
  const [owner = '', repo = ''] = entry.repo.split('/')
  const version = await resolveVersion(session, {
    ...{ owner, repo, named: entry.tag, template: null, repositoryId: entry.repository_id },
  })
  assertSameCommit(id, version, entry)
  if (version.manifest.id !== id) {
    throw new ConflictError(`${entry.repo} at ${oneLine(entry.tag, 60)} is not ${id}`)
  }
  const { requireSignatures } = await session.config.plugins()
  const signer = signerOf(version, entry, requireSignatures)
  await assertPublisher(session, version, signer)
  const chosen = assetOf(version, entry, signer === null ? null : session.host.platform)
  if (requireSignatures && !isSignedWhole(chosen, signer)) throw uncovered(id, chosen)
  const staged = await stage(session, store, { version, chosen, signer, sha256: entry.sha256 })
  const { signed_by, signed_whole } = staged.entry
  return {
    id,
    version,
    staged: { ...staged, entry: { ...entry, signed_by, signed_whole } },
    neededBy: null,
  }
}

/**
 * @param platform whose checksum the signature covers; null: it is unsigned
 * @throws GitHubNotFoundError if the asset no longer exists
 */
function assetOf(
  version: PluginVersion,
  { source, asset: name }: LockEntry,
  platform: Platform | null,
): ChosenAsset | null {
  const { release, tag } = version
  if (source === 'tree') return null
  const usual = platform === null ? null : selectAsset(version, platform)
  if (usual?.asset.name === name) return usual
  const asset = release?.assets.find((one) => isUploaded(one) && one.name === name)
  if (asset !== undefined) return { asset, checksum: null }
  throw new GitHubNotFoundError(
    `the release ${oneLine(tag, 60)} no longer has the asset ${oneLine(name ?? '', 100)}`,
    { hint: 'plugins.lock.json names it: install another version' },
  )
}
