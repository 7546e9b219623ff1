import { isOid } from '../base/names/ref.js'
import type { ReleaseAsset } from '../github/rest/release-assets.js'
import type { Release } from '../github/rest/releases.js'
import type { AssetInfo, AssetStatus, ReleaseInfo } from './types.js'

export interface InfoOptions {
  latest: boolean
  /** The full id of the tag's commit, where it is known; else what the release was given as its target. */
  commit?: string | null | undefined
  /** What became of each asset, by name; default: `uploaded`. */
  statuses?: ReadonlyMap<string, AssetStatus> | undefined
}

/** GitHub's data in the shape that wizard prints. Assets whose upload broke off are none. */
export function infoOf(release: Release, { latest, commit, statuses }: InfoOptions): ReleaseInfo {
  const target = release.target_commitish
  return {
    id: release.id,
    tag: release.tag_name,
    name: release.name,
    url: release.url,
    upload_url: release.upload_url.replace(/\{[^}]*\}$/, ''),
    draft: release.draft,
    prerelease: release.prerelease,
    latest,
    target_commit: commit ?? (isOid(target) ? target : null),
    published_at: release.published_at,
    assets: release.assets
      .filter(isWhole)
      .map((asset) => assetInfoOf(asset, statuses?.get(asset.name) ?? 'uploaded')),
  }
}

export const isWhole = ({ state }: ReleaseAsset): boolean => state === 'uploaded'

export const assetInfoOf = (
  { id, name, size, digest, download_url }: ReleaseAsset,
  status: AssetStatus,
): AssetInfo => ({ id, name, size, digest, download_url, status })
