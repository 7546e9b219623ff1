import { ConflictError } from '../../base/errors.js'
import { fullNameOf } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { expectFit } from '../manifest/requirements.js'
import { checkSignature, type Signer } from '../manifest/signature.js'
import type { LockEntry } from '../store/lock-file.js'
import type { PluginSession } from '../types.js'
import type { Version } from './resolve.js'

/**
 * Whether a version may be installed: by its signature, by what it needs, and by what of this plugin is here.
 *
 * @param known the plugin of that id in the lock
 * @returns who signed it; null: nobody
 * @throws ConflictError
 */
export async function expectAllowed(
  { config, host }: Pick<PluginSession, 'config' | 'host'>,
  version: Version,
  known: LockEntry | undefined,
): Promise<Signer | null> {
  const { manifest } = version
  const { udosVersion, requireSignatures } = await config.plugins()
  if (known !== undefined) expectSamePlugin(version, known)
  const signer = checkSignature(manifest)
  if (signer === null && requireSignatures) throw unsigned(manifest.id)
  if (known?.signed_by && known.signed_by !== signer) throw otherSigner(version, signer)
  expectFit(manifest, udosVersion, host.platform)
  return signer
}

export const unsigned = (id: string) =>
  new ConflictError(`${id} is not signed, and plugins.yaml has require_signatures`, {
    hint: 'ask its author to sign it, or set require_signatures to false',
  })

/** @throws ConflictError for another plugin of that id, and for a tag that leads elsewhere than when it was installed */
function expectSamePlugin(version: Version, known: LockEntry): void {
  const { manifest, tag, commit } = version
  if (known.repo.toLowerCase() !== fullNameOf(version).toLowerCase()) {
    throw new ConflictError(
      `${manifest.id} is installed from ${known.repo}, not ${fullNameOf(version)}`,
      {
        hint: [
          { verb: ['PLUGIN', 'REMOVE'], target: manifest.id },
          ' makes room for the other one',
        ],
      },
    )
  }
  expectSameCommit(manifest.id, { tag, commit }, known)
}

/** @throws ConflictError */
export function expectSameCommit(
  id: string,
  { tag, commit }: Pick<Version, 'tag' | 'commit'>,
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

function otherSigner({ manifest: { id } }: Version, signer: Signer | null): ConflictError {
  const by = signer === null ? 'not signed any more' : 'signed by another key than before'
  return new ConflictError(`${id} is ${by}`, {
    hint: [
      'ask its author; ',
      { verb: ['PLUGIN', 'REMOVE'], target: id, brief: true },
      ' forgets the old key',
    ],
  })
}
