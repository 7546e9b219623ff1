import { isOid } from '../base/names/ref.js'
import { fullNameOf, type Repo } from '../base/names/repository.js'
import type { Component } from '../config/files/components.js'
import type { ReleaseAsset } from '../github/rest/release-assets.js'
import type { Release } from '../github/rest/releases.js'

export interface InfoOptions {
  latest: boolean
  /** The full id of the tag's commit, where it is known; else what the release was given as its target. */
  commit?: string | null | undefined
  /** What became of each asset, by name; default: `uploaded`. */
  statuses?: ReadonlyMap<string, AssetStatus> | undefined
}

/** GitHub's data in the shape that wizard prints. Assets whose upload broke off are none. */
export function releaseInfoOf(
  release: Release,
  { latest, commit, statuses }: InfoOptions,
): ReleaseInfo {
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

/** A release as it stands in JSON. */
export interface ReleaseInfo {
  id: number
  tag: string
  /** Its title. */
  name: string
  url: string
  /** Where assets are sent, without `{?name,label}`. */
  upload_url: string
  draft: boolean
  prerelease: boolean
  /** Of a component: its highest stable version; else the one that GitHub calls latest. */
  latest: boolean
  /** The full id of the commit that the tag leads to, or will; null where that is not known. */
  target_commit: string | null
  /** ISO 8601, UTC; null for a draft. */
  published_at: string | null
  assets: AssetInfo[]
}

export interface AssetInfo {
  id: number
  name: string
  /** Bytes. */
  size: number
  /** `sha256:` and 64 hexadecimal digits; null on servers that do not count it. */
  digest: string | null
  download_url: string
  /** What became of it in this command; of releases that are only looked at: `uploaded`. */
  status: AssetStatus
}

export type AssetStatus = 'uploaded' | 'unchanged' | 'replaced'

/** What a target of RELEASE names: a repository, or a part of one with versions and tags of its own. */
export interface ReleaseSubject extends Repo {
  component: Component | null
}

/** `core` or `uDOS/uDOS`. */
export const nameOfSubject = (subject: ReleaseSubject): string =>
  subject.component?.name ?? fullNameOf(subject)
