import { isOid } from '../base/names/ref.js'
import { fullNameOf, type Repo } from '../base/names/repository.js'
import type { Component } from '../config/files/components.js'
import type { ReleaseAsset } from '../github/rest/release-assets.js'
import type { Release } from '../github/rest/releases.js'

export interface InfoOptions {
  latest: boolean
  /** The full id of the tag's commit, if known; otherwise the release's target is used. */
  commit?: string | null | undefined
  /** What happened to each asset, by name; default: `uploaded`. */
  statuses?: ReadonlyMap<string, AssetStatus> | undefined
}

/** Converts GitHub's data to wizard's output. Leaves out assets whose upload broke off. */
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
    immutable: release.immutable,
  }
}

export const isWhole = ({ state }: ReleaseAsset): boolean => state === 'uploaded'

export const assetInfoOf = (
  { id, name, size, digest, download_url }: ReleaseAsset,
  status: AssetStatus,
): AssetInfo => ({ id, name, size, digest, download_url, status })

/** A release in JSON output. */
export interface ReleaseInfo {
  id: number
  tag: string
  /** Its title. */
  name: string
  url: string
  /** The address for uploads, without `{?name,label}`. */
  upload_url: string
  draft: boolean
  prerelease: boolean
  /** For a component: whether it is the highest stable version; otherwise GitHub's latest. */
  latest: boolean
  /** The full id of the commit that the tag leads to, or will; null if unknown. */
  target_commit: string | null
  /** ISO 8601, UTC; null for a draft. */
  published_at: string | null
  assets: AssetInfo[]
  /** Whether its tag and assets can no longer change. */
  immutable: boolean
}

export interface AssetInfo {
  id: number
  name: string
  /** Bytes. */
  size: number
  /** `sha256:` and 64 hexadecimal digits; null on servers that do not compute it. */
  digest: string | null
  download_url: string
  /** What happened to it in this command; `uploaded` if the release was only read. */
  status: AssetStatus
}

export type AssetStatus = 'uploaded' | 'unchanged' | 'replaced'

/** A target of RELEASE: a repository, or a part of one with its own versions and tags. */
export interface ReleaseSubject extends Repo {
  component: Component | null
}

/** `core` or `uDOS/uDOS`. */
export const nameOfSubject = (subject: ReleaseSubject): string =>
  subject.component?.name ?? fullNameOf(subject)
