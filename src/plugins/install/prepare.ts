import { ConflictError } from '../../base/errors.js'
import { fullNameOf } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { assertStillFits } from '../dependents.js'
import { readRange, readVersion } from '../manifest/range.js'
import type { Need } from '../manifest/requirements.js'
import { versionNamedBy } from '../newer.js'
import { assertPublisher } from '../publishers.js'
import type { PluginSession } from '../session.js'
import { differenceOf, isAsRecorded } from '../store/record.js'
import type { PluginStore } from '../store/store.js'
import { assertAllowed, assertSameAsset, followRename, uncovered } from './allowed.js'
import { type PluginVersion, resolveVersion, type WantedPlugin } from './resolve.js'
import { selectAsset } from './select-asset.js'
import { isSignedWhole, type Staged, stage } from './stage.js'

/** The planned installation of one plugin. */
export interface Prepared {
  id: string
  version: PluginVersion
  /** null: it is installed already, as it should be. */
  staged: Staged | null
  /** The plugin that depends on it; null: it was requested. */
  neededBy: string | null
}

/** Finds the repository of a dependency. */
export type Finder = (name: string) => Promise<WantedPlugin>

interface Preparing {
  session: PluginSession
  store: PluginStore
  find: Finder
  /** Prepared plugins, in the order of installation. */
  ready: Map<string, Prepared>
}

/**
 * Builds a version of a plugin out of sight, after its dependencies. Touches nothing that is
 * installed.
 *
 * @returns in the order of installation, the requested one last
 * @throws ConflictError for circular dependencies and for incompatible versions, and everything
 *   that `stage` throws
 */
export async function prepare(
  session: PluginSession,
  store: PluginStore,
  wanted: WantedPlugin,
  find: Finder,
): Promise<Prepared[]> {
  const preparing: Preparing = { session, store, find, ready: new Map() }
  await prepareOne(preparing, wanted, [])
  return [...preparing.ready.values()]
}

/** @param chain the ids that led here, each depending on the next */
async function prepareOne(
  preparing: Preparing,
  wanted: WantedPlugin,
  chain: string[],
): Promise<PluginVersion> {
  const { session, store, find, ready } = preparing
  session.signal?.throwIfAborted()
  const version = await resolveVersion(session, wanted)
  const { id, needs } = version.manifest
  if (chain.includes(id)) throw circle([...chain.slice(chain.indexOf(id)), id])
  const known = store.entries.get(id)
  const signer = await assertAllowed(session, version, known)
  await store.assertOurs(id)
  for (const need of needs) {
    if (isMet(need, preparing, id)) continue
    const dependency = { ...(await find(need.name)), range: need.range }
    const needed = await prepareOne(preparing, dependency, [...chain, id])
    const { manifest, tag } = needed
    assertVersion(need, { version: manifest.version, tag }, { id, other: manifest.id })
  }
  const isSame = known?.tag === version.tag
  const chosen = selectAsset(version, session.host.platform)
  const { requireSignatures } = await session.config.plugins()
  if (requireSignatures && !isSignedWhole(chosen, signer)) throw uncovered(id, chosen)
  if (known !== undefined) await followRename(session, store, version)
  if (isSame) assertSameAsset(id, chosen, known)
  else if (known !== undefined && !session.force) {
    const { version: next } = version.manifest
    await assertStillFits(store, id, { version: next, tag: version.tag, besides: chain })
  }
  const sha256 = isSame ? known.sha256 : null
  const isReady = isSame && (await isHere(store, id))
  if (!isReady) await assertPublisher(session, version, signer)
  const staged = isReady ? null : await stage(session, store, { version, chosen, signer, sha256 })
  ready.set(id, { id, version, staged, neededBy: chain.at(-1) ?? null })
  return version
}

/**
 * Whether a dependency is installed or prepared.
 *
 * @throws ConflictError if its version is incompatible
 */
function isMet({ name, range }: Need, { store, ready }: Preparing, id: string): boolean {
  const isNamed = (other: string, repo: string) =>
    name.includes('/') ? repo.toLowerCase() === name.toLowerCase() : other === name
  for (const { id: other, version } of ready.values()) {
    if (!isNamed(other, fullNameOf(version))) continue
    assertVersion({ name, range }, { ...version, version: version.manifest.version }, { id, other })
    return true
  }
  for (const [other, entry] of store.entries) {
    if (!isNamed(other, entry.repo)) continue
    assertVersion({ name, range }, entry, { id, other })
    return true
  }
  return false
}

/** @throws ConflictError if the version is outside of the range, or either can't be read */
function assertVersion(
  { range }: Need,
  found: { version: string | null; tag: string },
  { id, other }: { id: string; other: string },
): void {
  if (range === null) return
  const allowed = readRange(range)
  if (allowed === null) {
    throw new ConflictError(`${id} needs ${other} ${range}, which is not a range of versions`, {
      hint: `ask the author of ${id} to correct it`,
    })
  }
  const version = readVersion(found.version ?? '') ?? versionNamedBy(found.tag)
  if (version !== null && allowed.includes(version)) return
  const there = oneLine(found.version ?? found.tag, 60)
  throw new ConflictError(`${id} needs ${other} ${range}, but only ${there} exists`, {
    hint: [
      { verb: ['PLUGIN', 'INSTALL'], target: `${other}@VERSION` },
      ' installs another version',
    ],
  })
}

const circle = (ids: string[]) =>
  new ConflictError(`these plugins need each other in a circle: ${ids.join(' → ')}`, {
    hint: 'none of them can be installed first: ask their authors',
  })

/** Whether a plugin's files are those of the lock, and unchanged. */
export async function isHere(store: PluginStore, id: string): Promise<boolean> {
  const record = await store.recordOf(id)
  if (record === null || !(await store.isThere(id))) return false
  const entry = store.entries.get(id)
  if (entry?.sha256 !== record.entry.sha256) return false
  return isAsRecorded(await differenceOf(store.folderOf(id), record.files))
}
