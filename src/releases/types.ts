import type { Repo } from '../base/names/repository.js'
import type { Component } from '../config/files/components.js'

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
