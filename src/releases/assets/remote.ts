import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Repo } from '../../base/names/repository.js'
import {
  downloadReleaseAsset,
  listReleaseAssets,
  type ReleaseAsset,
} from '../../github/rest/release-assets.js'
import type { ReleaseDeps } from '../deps.js'

/** By name; GitHub lets no two have one. */
export async function assetsByName(
  { github }: Pick<ReleaseDeps, 'github'>,
  { owner, repo }: Repo,
  releaseId: number,
): Promise<Map<string, ReleaseAsset>> {
  const assets = await listReleaseAssets(github, owner, repo, releaseId)
  return new Map(assets.map((asset) => [asset.name, asset]))
}

/**
 * The digest of an asset whose server does not tell it, as older ones do not: its bytes are fetched and counted.
 *
 * @returns `sha256:` and 64 hexadecimal digits
 */
export async function digestByDownload(
  { github }: Pick<ReleaseDeps, 'github'>,
  { owner, repo }: Repo,
  asset: ReleaseAsset,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wizard-asset-'))
  try {
    const to = join(folder, 'asset')
    const { sha256 } = await downloadReleaseAsset(github, owner, repo, asset, to)
    return `sha256:${sha256}`
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
