import { rm } from 'node:fs/promises'
import { resolve } from '../git/bare.js'
import { resolveCommit } from '../git/read.js'
import { git } from '../git/run.js'
import type { Blob } from '../storage.js'
import type { Account, Repository } from './repository.js'

export interface Release {
  id: number
  nodeId: string
  tag: string
  target: string
  name: string | null
  body: string | null
  draft: boolean
  prerelease: boolean
  immutable: boolean
  author: Account
  createdAt: string
  publishedAt: string | null
  updatedAt: string
  assets: Asset[]
}

export interface Asset {
  id: number
  nodeId: string
  name: string
  label: string | null
  state: 'uploaded' | 'starter' | 'open'
  contentType: string
  /** The file with its bytes, which are not held in memory. */
  file: string
  size: number
  /** `sha256:…` */
  digest: string
  downloads: number
  uploader: Account
  createdAt: string
  updatedAt: string
}

/**
 * The release that `GET /releases/latest` answers: the one marked as latest, or the newest
 * published release that is not a prerelease.
 */
export function latestRelease({ releases, latestRelease: id }: Repository): Release | undefined {
  const stable = releases.filter(({ draft, prerelease }) => !draft && !prerelease)
  const byDate = (a: Release, b: Release) =>
    (b.publishedAt ?? '').localeCompare(a.publishedAt ?? '')
  return stable.find((release) => release.id === id) ?? stable.toSorted(byDate)[0]
}

/** `make_latest` of a request. */
export type LatestChoice = 'true' | 'false' | 'legacy'

/**
 * `legacy` means the highest version. `true`, the default of a new release, always makes it the
 * latest.
 */
export function makeLatest(repository: Repository, release: Release, choice: LatestChoice): void {
  if (release.prerelease || release.draft) return
  const current = latestRelease({
    ...repository,
    releases: repository.releases.filter((r) => r !== release),
  })
  const higher = () => !current || compareVersions(release.tag, current.tag) > 0
  const takes = choice === 'true' || (choice === 'legacy' && higher())
  repository.latestRelease = takes ? release.id : (current?.id ?? null)
}

const compareVersions = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true })

/**
 * The commit of a release's tag, or the one that the tag will be put on; null if its target is
 * unknown.
 */
export async function targetOf(
  { bare }: Repository,
  { tag, target }: Pick<Release, 'tag' | 'target'>,
) {
  return (await resolveCommit(bare, `refs/tags/${tag}`)) ?? (await resolveCommit(bare, target))
}

/** Publishing creates the tag on the target if there is none yet; a draft leaves the refs untouched. */
export async function publish(
  repository: Repository,
  release: Release,
  time: string,
): Promise<void> {
  await makeTag(repository, release)
  setPublished(repository, release, time)
}

export async function makeTag(
  repository: Repository,
  release: Pick<Release, 'tag' | 'target'>,
): Promise<void> {
  const { bare } = repository
  if ((await resolve(bare, `refs/tags/${release.tag}`)) !== null) return
  const commit = await targetOf(repository, release)
  if (commit === null) throw new Error(`${release.target} is no commit`)
  await git(['update-ref', `refs/tags/${release.tag}`, commit], { dir: bare })
}

/** Of a release whose tag is there. */
export function setPublished(repository: Repository, release: Release, time: string): void {
  release.draft = false
  release.publishedAt ??= time
  release.immutable = repository.immutableReleases
  if (release.immutable) repository.burntTags.add(release.tag)
}

export async function deleteRelease(repository: Repository, release: Release): Promise<void> {
  repository.releases.splice(repository.releases.indexOf(release), 1)
  await Promise.all(release.assets.map(({ file }) => rm(file, { force: true })))
}

export async function deleteAsset(release: Release, asset: Asset): Promise<void> {
  release.assets.splice(release.assets.indexOf(asset), 1)
  await rm(asset.file, { force: true })
}

/**
 * The name of an uploaded asset: anything but letters, digits and `.-_+` becomes a dot, and dots
 * neither lead nor repeat.
 */
export function assetName(name: string): string {
  const safe = name
    .replaceAll(/[^\w.+-]+/g, '.')
    .replaceAll(/\.{2,}/g, '.')
    .replace(/\.$/, '')
  return safe.startsWith('.') ? `default${safe}` : safe
}

/** Its bytes; counts a download. */
export function download(asset: Asset): Blob {
  asset.downloads++
  const { file, size, contentType: type, name } = asset
  return { content: { file, size }, type, name }
}
