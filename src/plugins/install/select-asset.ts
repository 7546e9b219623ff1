import { basename } from 'node:path'
import { archiveKind } from '../../archive/source.js'
import { ConflictError, GitHubNotFoundError, NotFoundError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { ReleaseAsset } from '../../github/rest/release-assets.js'
import { isWhole } from '../../releases/info.js'
import {
  type Checksum,
  isSamePlatform,
  type Platform,
  parseChecksum,
  platformName,
  platformWords,
  suits,
} from '../manifest/installation.js'
import type { Manifest } from '../manifest/parse.js'
import type { PluginVersion } from './resolve.js'

/** The release asset to install. */
export interface ChosenAsset {
  asset: ReleaseAsset
  /** The manifest's checksum. */
  checksum: Checksum | null
}

/** Methods of other package managers, which wizard does not call. */
export const foreignMethods = new Set(['npm', 'pip', 'apk'])

/**
 * The asset that the manifest names for this platform. If it names no assets, the archive with the
 * plugin's name, for this platform or for all. null: the plugin is the repository's own files.
 *
 * @throws NotFoundError if nothing is for this platform; GitHubNotFoundError for an asset that the
 *   release does not have; ConflictError for an address outside this release
 */
export function selectAsset(version: PluginVersion, platform: Platform): ChosenAsset | null {
  const { installation } = version.manifest
  const isNamed = installation.sources.size > 0 && !isForeign(version.manifest)
  if (!isNamed) {
    const asset = byItsName(version, platform)
    return asset === null ? null : { asset, checksum: checksumOf(version.manifest, asset.name) }
  }
  const key = keyFor([...installation.sources.keys()], platform, version.manifest)
  const name = assetNamed(installation.sources.get(key) ?? '', version, platform)
  if (name === null) return null
  const asset = version.release?.assets.find((one) => isWhole(one) && one.name === name)
  if (asset === undefined) throw notThere(version, name)
  return { asset, checksum: checksumOf(version.manifest, name, key) }
}

/** By the source's platform, however that is spelled, or by the asset's own name. */
function checksumOf(
  { installation: { checksums } }: Manifest,
  name: string,
  platform?: string,
): Checksum | null {
  const isFor = (key: string) =>
    key === name || isSamePlatform(key, platform ?? (hasPlatform(name) ? name : 'any'))
  const keys = [platform ?? name, ...checksums.keys()].filter(
    (key) => checksums.has(key) && isFor(key),
  )
  return keys.map((key) => parseChecksum(checksums.get(key) ?? '')).find((one) => one) ?? null
}

const hasPlatform = (name: string): boolean => {
  const { os, arch } = platformWords(name)
  return os !== null || arch !== null
}

const isForeign = ({ installation: { method } }: Manifest) =>
  method === 'source' || foreignMethods.has(method ?? '')

/** @throws NotFoundError */
function keyFor(keys: string[], platform: Platform, { id }: Manifest): string {
  const ranked = keys
    .map((key) => ({ key, rank: suits(key, platform) }))
    .filter(({ rank }) => rank > 0)
    .sort((one, other) => other.rank - one.rank)
  const [best] = ranked
  if (best !== undefined) return best.key
  throw new NotFoundError(`${id} has nothing for ${platformName(platform)}`, {
    hint: `its manifest has ${oneLine(keys.join(', '), 300)}`,
  })
}

/**
 * The asset's name in any form of address; no other host is asked. null: the repository's own
 * files.
 *
 * @throws ConflictError for an address that is not an asset of this release
 */
function assetNamed(source: string, version: PluginVersion, platform: Platform): string | null {
  const { tag, manifest, release } = version
  const text = source
    .replaceAll('{version}', manifest.version ?? tag)
    .replaceAll('{tag}', tag)
    .replaceAll('{platform}', platformName(platform))
  const isAddress = /^[a-z][a-z\d+.-]*:\/\//i.test(text) && URL.canParse(text)
  // A path means a file of the repository.
  if (!isAddress) return text.includes('/') ? null : text
  const { pathname } = new URL(text)
  if (/\/(?:archive|tarball|zipball)\//.test(pathname)) return null
  const name = basename(decodePath(pathname))
  const isOurs = release?.assets.some((asset) => isWhole(asset) && asset.name === name)
  if (isOurs || /\/releases\/(?:download\/.+|latest\/download)\/[^/]+$/.test(pathname)) return name
  throw elsewhere(manifest, text)
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    // The percent sign is literal.
    return path
  }
}

const elsewhere = ({ id }: Manifest, text: string) =>
  new ConflictError(`${id} would come from ${oneLine(text, 200)}`, {
    hint: "wizard installs only assets of the plugin's own releases",
  })

const notThere = ({ manifest, tag, release }: PluginVersion, name: string) => {
  const names = (release?.assets ?? []).filter(isWhole).map((asset) => asset.name)
  return new GitHubNotFoundError(
    `${manifest.id}: the release ${oneLine(tag, 60)} has no asset ${oneLine(name, 100)}`,
    {
      hint:
        release === null
          ? 'the tag has no release'
          : `it has ${oneLine(names.join(', ') || 'none', 300)}`,
    },
  )
}

/** `ID.zip`, `ID-1.2.0.tar.gz`, `ID-1.2.0-linux-amd64.tgz`. */
function byItsName({ release, repo, manifest, tag }: PluginVersion, platform: Platform) {
  const archives = (release?.assets ?? []).filter(
    (asset) => isWhole(asset) && archiveKind(asset.name) !== null,
  )
  const names = [manifest.id, repo].map((name) => name.toLowerCase())
  const versions = [tag, tag.replace(/^v/, ''), manifest.version ?? ''].map((one) =>
    one.toLowerCase(),
  )
  const rest = (asset: ReleaseAsset): string | null => {
    const bare = asset.name.toLowerCase().replace(/\.(?:zip|tar|tgz|tar\.gz)$/, '')
    const name = names.find(
      (one) => bare === one || (/^[-_.]/.test(bare.slice(one.length)) && bare.startsWith(one)),
    )
    return name === undefined ? null : bare.slice(name.length)
  }
  const isGeneral = (asset: ReleaseAsset) => {
    const after = rest(asset)?.replace(/^[-_.]v?/, '') ?? null
    return (
      after !== null && (after === '' || versions.includes(after) || versions.includes(`v${after}`))
    )
  }
  const fitting = archives.filter(
    (asset) => rest(asset) !== null && suits(asset.name, platform) === 2,
  )
  const general = archives.filter(
    (asset) => isGeneral(asset) && platformWords(asset.name).os === null,
  )
  return fitting[0] ?? general[0] ?? null
}
