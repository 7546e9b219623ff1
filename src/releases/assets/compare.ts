import { join } from 'node:path'
import { ConflictError } from '../../base/errors.js'
import type { Hint } from '../../base/hint.js'
import type { Repo } from '../../base/names/repository.js'
import {
  downloadReleaseAsset,
  listReleaseAssets,
  type ReleaseAsset,
} from '../../github/rest/release-assets.js'
import { isWhole } from '../info.js'
import type { ReleaseSession } from '../session.js'
import { openWorkFolder } from '../work-folder.js'
import type { LocalAsset } from './local.js'

/** What to do with a file, given the release's asset of that name. */
export type Judgement =
  | { kind: 'same'; asset: ReleaseAsset }
  /** `old` is deleted first: an asset with other bytes, or the rest of a broken upload. */
  | { kind: 'send'; old: ReleaseAsset | null; replaces: boolean }

/**
 * Compares state, size and sha256, never only the name.
 *
 * @param digestOf computes the digest of an asset if the server does not give it
 */
export async function judge(
  local: LocalAsset,
  there: ReleaseAsset | undefined,
  digestOf: (asset: ReleaseAsset) => Promise<string>,
): Promise<Judgement> {
  if (there === undefined) return { kind: 'send', old: null, replaces: false }
  if (!isWhole(there)) return { kind: 'send', old: there, replaces: false }
  const isSame = await hasBytes(local, there, digestOf)
  return isSame ? { kind: 'same', asset: there } : { kind: 'send', old: there, replaces: true }
}

/** Whether an asset has the bytes of the file. */
export async function hasBytes(
  local: Pick<LocalAsset, 'size' | 'sha256'>,
  asset: ReleaseAsset,
  digestOf: (asset: ReleaseAsset) => Promise<string>,
): Promise<boolean> {
  if (!isWhole(asset) || asset.size !== local.size) return false
  const digest = asset.digest ?? (await digestOf(asset))
  return digest.toLowerCase() === `sha256:${await local.sha256()}`
}

/** @throws ConflictError with every name, if something would have to be replaced */
export function assertNoReplacement(
  judged: readonly { local: LocalAsset; judgement: Judgement }[],
  release: string,
  hint: Hint,
): void {
  const names = judged.flatMap(({ local, judgement }) =>
    judgement.kind === 'send' && judgement.replaces ? [local.name] : [],
  )
  if (names.length === 0) return
  const which = names.length > 5 ? `${names.slice(0, 5).join(', ')} …` : names.join(', ')
  throw new ConflictError(`${release} already has ${which}, with other bytes`, { hint })
}

/** By name, which is unique in a release. */
export async function assetsByName(
  { github }: Pick<ReleaseSession, 'github'>,
  { owner, repo }: Repo,
  releaseId: number,
): Promise<Map<string, ReleaseAsset>> {
  const assets = await listReleaseAssets(github, owner, repo, releaseId)
  return new Map(assets.map((asset) => [asset.name, asset]))
}

/**
 * Computes an asset's digest from its bytes, for older servers that do not give it.
 *
 * @returns `sha256:` and 64 hexadecimal digits
 */
export async function digestByDownload(
  session: Pick<ReleaseSession, 'github' | 'self'>,
  { owner, repo }: Repo,
  asset: ReleaseAsset,
): Promise<string> {
  const { dir, discard } = await openWorkFolder(session)
  try {
    const to = join(dir, 'asset')
    const { sha256 } = await downloadReleaseAsset(session.github, owner, repo, asset, to)
    return `sha256:${sha256}`
  } finally {
    await discard()
  }
}
