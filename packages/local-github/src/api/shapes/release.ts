import type { Addresses } from '../../addresses.js'
import type { Asset, Release } from '../../model/releases.js'
import { fullName, type Repository } from '../../model/repository.js'
import type { Data } from '../route.js'
import { simpleUser } from './account.js'

type ReleaseData = Data<'GET /repos/{owner}/{repo}/releases/{release_id}'>
type AssetData = Data<'GET /repos/{owner}/{repo}/releases/assets/{asset_id}'>

export function releaseShape(
  addresses: Addresses,
  repository: Repository,
  release: Release,
): ReleaseData {
  const { api, git, upload } = addresses
  const name = fullName(repository)
  const url = `${api}/repos/${name}/releases/${release.id}`
  const archive = (kind: string) =>
    release.draft ? null : `${api}/repos/${name}/${kind}/${release.tag}`
  return {
    id: release.id,
    node_id: release.nodeId,
    url,
    html_url: `${git}/${name}/releases/tag/${pageTag(release)}`,
    assets_url: `${url}/assets`,
    upload_url: `${upload}/repos/${name}/releases/${release.id}/assets{?name,label}`,
    tarball_url: archive('tarball'),
    zipball_url: archive('zipball'),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    body: release.body,
    draft: release.draft,
    prerelease: release.prerelease,
    immutable: release.immutable,
    created_at: release.createdAt,
    published_at: release.publishedAt,
    updated_at: release.updatedAt,
    author: simpleUser(addresses, release.author),
    assets: release.assets.map((asset) => assetShape(addresses, repository, { release, asset })),
  }
}

/** A draft has no tag yet, so its page has its own name. */
const pageTag = ({ draft, tag, nodeId }: Release) => (draft ? `untagged-${nodeId}` : tag)

export function assetShape(
  addresses: Addresses,
  repository: Repository,
  { release, asset }: { release: Release; asset: Asset },
): AssetData {
  const { api, git } = addresses
  const name = fullName(repository)
  return {
    id: asset.id,
    node_id: asset.nodeId,
    url: `${api}/repos/${name}/releases/assets/${asset.id}`,
    browser_download_url: `${git}/${name}/releases/download/${pageTag(release)}/${asset.name}`,
    name: asset.name,
    label: asset.label,
    // The documented type lacks `starter`, the state after an upload that broke off.
    state: asset.state as AssetData['state'],
    content_type: asset.contentType,
    size: asset.size,
    // Older servers compute no digest.
    digest: asset.state === 'uploaded' ? asset.digest || null : null,
    download_count: asset.downloads,
    created_at: asset.createdAt,
    updated_at: asset.updatedAt,
    uploader: simpleUser(addresses, asset.uploader),
  }
}
