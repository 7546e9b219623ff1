import { ConflictError } from '../../base/errors.js'
import { fullNameOf, isSameName } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { tagCommit } from '../../github/rest/tags.js'
import { assertStillFits } from '../dependents.js'
import { readRange, readVersion } from '../manifest/range.js'
import { assertFit, type Need } from '../manifest/requirements.js'
import { checkSignature, type Signer } from '../manifest/signature.js'
import { versionNamedBy } from '../newer.js'
import { assertPublisher } from '../publishers.js'
import type { PluginSession } from '../session.js'
import type { LockEntry } from '../store/lock-file.js'
import { differenceOf, isAsRecorded } from '../store/record.js'
import type { PluginStore } from '../store/store.js'
import { assertSameId, type PluginVersion, resolveVersion, type WantedPlugin } from './resolve.js'
import { type ChosenAsset, selectAsset } from './select-asset.js'
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
  throw new ConflictError(`${id} needs ${other} ${range}, and ${there} is what there is`, {
    hint: [{ verb: ['PLUGIN', 'INSTALL'], target: `${other}@VERSION` }, ' takes another one'],
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

/**
 * Checks whether a version may be installed: its signature, its requirements, and the installed
 * plugin.
 *
 * @param known the plugin of that id in the lock
 * @returns the signer; null: it is unsigned
 * @throws ConflictError
 */
export async function assertAllowed(
  { client, config, host }: Pick<PluginSession, 'client' | 'config' | 'host'>,
  version: PluginVersion,
  known: LockEntry | undefined,
): Promise<Signer | null> {
  const { manifest } = version
  const { udosVersion, requireSignatures } = await config.plugins()
  if (known !== undefined) await assertSamePlugin({ client }, version, known)
  const signer = signerOf(version, known, requireSignatures)
  assertFit(manifest, udosVersion, host.platform)
  return signer
}

/** @throws ConflictError if the signature is wrong, missing, or not that of the version before */
export function signerOf(
  version: PluginVersion,
  known: LockEntry | undefined,
  isRequired: boolean,
): Signer | null {
  const signer = checkSignature(version.manifest, version.file.text)
  if (signer === null && isRequired) throw unsigned(version.manifest.id)
  if (known?.signed_by && known.signed_by !== signer) throw otherSigner(version, signer)
  return signer
}

export const unsigned = (id: string) =>
  new ConflictError(`${id} is not signed, and plugins.yaml has require_signatures`, {
    hint: 'ask its author to sign it, or set require_signatures to false',
  })

/** The signature is over the manifest: only a checksum in there covers further files. */
export const uncovered = (id: string, chosen: ChosenAsset | null) =>
  new ConflictError(
    chosen === null
      ? `${id} is its repository's own files, which its signature does not cover`
      : `${oneLine(chosen.asset.name, 100)} of ${id} has no checksum in the signed manifest`,
    {
      hint: 'plugins.yaml has require_signatures: ask its author to release an archive, with its checksum in the signed manifest',
    },
  )

/** @throws ConflictError if the asset was replaced since it was installed */
function assertSameAsset(id: string, chosen: ChosenAsset | null, known: LockEntry): void {
  const digest = /^sha256:([0-9a-f]{64})$/.exec(chosen?.asset.digest ?? '')?.[1]
  if (digest === undefined || known.source !== 'asset' || digest === known.sha256) return
  if (chosen?.asset.name !== known.asset) return
  throw new ConflictError(
    `${oneLine(chosen.asset.name, 100)} of ${id} was replaced since it was installed`,
    {
      hint: [
        `the lock has ${known.sha256}, GitHub has ${digest}: ask its author; `,
        { verb: ['PLUGIN', 'REMOVE'], target: id, brief: true },
        ' forgets the old one',
      ],
    },
  )
}

/**
 * @throws ConflictError for another plugin of that id, another repository of its name, and a tag
 *   that has moved since it was installed
 */
async function assertSamePlugin(
  session: Pick<PluginSession, 'client'>,
  version: PluginVersion,
  known: LockEntry,
): Promise<void> {
  const { manifest, tag, commit } = version
  const isNamed = isSameName(known.repo, fullNameOf(version))
  const isKnown = known.repository_id !== null && known.repository_id === version.repositoryId
  if (isNamed) assertSameId(version, known.repository_id, version.repositoryId)
  else if (!isKnown) throw otherPlugin(version, known)
  if (known.repository_id === null) await assertKnownTag(session, version, known)
  assertSameCommit(manifest.id, { tag, commit }, known)
}

const otherPlugin = (version: PluginVersion, known: LockEntry) =>
  new ConflictError(
    `${version.manifest.id} is installed from ${known.repo}, not ${fullNameOf(version)}`,
    {
      hint: [
        { verb: ['PLUGIN', 'REMOVE'], target: version.manifest.id },
        ' makes room for the other one',
      ],
    },
  )

/**
 * For a lock without the repository's id: the repository must have the commit that was installed.
 *
 * @throws ConflictError
 */
export async function assertKnownTag(
  { client }: Pick<PluginSession, 'client'>,
  version: Pick<PluginVersion, 'owner' | 'repo'>,
  { tag, commit }: LockEntry,
): Promise<void> {
  const { owner, repo } = version
  const found = await tagCommit(client, owner, repo, tag)
  if (found === commit) return
  throw new ConflictError(
    `${owner}/${repo} does not have what was installed: its tag ${oneLine(tag, 60)} ${found === null ? 'is gone' : 'was moved'}`,
    {
      hint: `the lock has ${commit}: it may be another repository of that name, so ask its author`,
    },
  )
}

/** Notes the repository's current name and its id in the lock. */
export async function followRename(
  { emit }: Pick<PluginSession, 'emit'>,
  store: PluginStore,
  {
    manifest: { id },
    repositoryId,
    ...version
  }: Pick<PluginVersion, 'owner' | 'repo' | 'repositoryId'> & { manifest: { id: string } },
): Promise<void> {
  const { repo } = store.entry(id)
  const current = fullNameOf(version)
  if (!isSameName(repo, current)) {
    emit({ type: 'warning', message: `${id}: ${repo} is called ${current} now` })
  }
  await store.nameRepository(id, isSameName(repo, current) ? repo : current, repositoryId)
}

/** @throws ConflictError */
export function assertSameCommit(
  id: string,
  { tag, commit }: Pick<PluginVersion, 'tag' | 'commit'>,
  known: LockEntry,
): void {
  if (known.tag !== tag || known.commit === commit) return
  throw new ConflictError(`the tag ${oneLine(tag, 60)} of ${id} was moved since it was installed`, {
    hint: [
      `it led to ${known.commit} and leads to ${commit}: ask its author; `,
      { verb: ['PLUGIN', 'REMOVE'], target: id, brief: true },
      ' forgets the old one',
    ],
  })
}

function otherSigner({ manifest: { id } }: PluginVersion, signer: Signer | null): ConflictError {
  const by = signer === null ? 'not signed any more' : 'signed by another key than before'
  return new ConflictError(`${id} is ${by}`, {
    hint: [
      'ask its author; ',
      { verb: ['PLUGIN', 'REMOVE'], target: id, brief: true },
      ' forgets the old key',
    ],
  })
}
