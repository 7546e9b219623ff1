import { ConflictError } from '../../base/errors.js'
import { fullNameOf, isSameName } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { tagCommit } from '../../github/rest/tags.js'
import { assertFit } from '../manifest/requirements.js'
import { checkSignature, type Signer } from '../manifest/signature.js'
import type { PluginSession } from '../session.js'
import type { LockEntry } from '../store/lock-file.js'
import type { PluginStore } from '../store/store.js'
import { assertSameId, type PluginVersion } from './resolve.js'
import type { ChosenAsset } from './select-asset.js'

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

/** Of a version that was installed before plugins.yaml required signatures. */
export const partlySigned = (id: string) =>
  new ConflictError(`the signature of ${id} does not cover every installed byte`, {
    hint: [
      'plugins.yaml has require_signatures: ask its author for such a release; ',
      { verb: ['PLUGIN', 'REMOVE'], target: id, brief: true },
      ' removes it',
    ],
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
export function assertSameAsset(id: string, chosen: ChosenAsset | null, known: LockEntry): void {
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
      hint: [{ verb: ['PLUGIN', 'REMOVE'], target: version.manifest.id }, ' removes it first'],
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
    `${owner}/${repo} no longer has what was installed: its tag ${oneLine(tag, 60)} ${found === null ? 'is gone' : 'was moved'}`,
    {
      hint: `the lock has ${commit}: it may be another repository with this name, so ask its author`,
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
    emit({ type: 'warning', message: `${id}: ${repo} is now called ${current}` })
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
      `it was at ${known.commit} and is at ${commit}: ask its author; `,
      { verb: ['PLUGIN', 'REMOVE'], target: id, brief: true },
      ' forgets the old one',
    ],
  })
}

function otherSigner({ manifest: { id } }: PluginVersion, signer: Signer | null): ConflictError {
  const by = signer === null ? 'no longer signed' : 'signed by another key than before'
  return new ConflictError(`${id} is ${by}`, {
    hint: [
      'ask its author; ',
      { verb: ['PLUGIN', 'REMOVE'], target: id, brief: true },
      ' forgets the old key',
    ],
  })
}
