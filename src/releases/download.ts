import { mkdir, readFile, rename, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import picomatch from 'picomatch'
import { folded, safeName } from '../archive/names.js'
import { inLanes } from '../base/async/lanes.js'
import { ConflictError, GitHubNotFoundError, PathError } from '../base/errors.js'
import { hasCode } from '../base/fs/read.js'
import { oneLine } from '../base/text.js'
import { downloadReleaseAsset, type ReleaseAsset } from '../github/rest/release-assets.js'
import type { Release } from '../github/rest/releases.js'
import { fileError, writing } from '../github/transfer/files.js'
import { isSumsFile, parseSums } from './assets/checksums.js'
import { hashOf } from './assets/local.js'
import { findRelease } from './find.js'
import { isWhole, type ReleaseSubject } from './info.js'
import type { ReleaseSession } from './session.js'
import { openWorkFolder } from './work-folder.js'

export interface DownloadRequest {
  subject: ReleaseSubject
  /** A tag or a version; null: the latest. */
  named: string | null
  /** Globs of assets' names; none: all. */
  patterns: string[]
  /** Absolute; created if missing. */
  dir: string
  /** Replaces files with other bytes. */
  clobber: boolean
}

export interface DownloadedAsset {
  name: string
  /** Absolute. */
  path: string
  /** Bytes. */
  size: number
  /** `sha256:` and 64 hexadecimal digits, of the file on disk. */
  digest: string
  /** What it was compared with. */
  checked: ('digest' | 'sums')[]
  status: 'downloaded' | 'unchanged' | 'replaced'
}

/** As many downloads as fill a home connection. */
const atOnce = 4

/**
 * Downloads assets, and compares each with GitHub's digest and with the release's checksum file. A
 * file appears only when it is complete and correct.
 *
 * @throws GitHubNotFoundError for an unknown release or a pattern that matches nothing;
 *   ConflictError for existing files with other bytes, before any download, and for bytes that do
 *   not match their checksum; PathError
 */
export async function download(
  session: ReleaseSession,
  request: DownloadRequest,
): Promise<DownloadedAsset[]> {
  const { subject, named, dir } = request
  const { release } = await findRelease(session, subject, named)
  warnOfBroken(session, release)
  const placed = place(selectAssets(release, request.patterns), dir)
  const old = await whatIsThere(placed)
  if (!request.clobber) assertNoCollisions(old, release)
  await writing(dir, () => mkdir(dir, { recursive: true }))
  const { dir: work, discard } = await writing(dir, () => openWorkFolder(session, dir))
  try {
    const sums = await readSums(session, subject, release, work)
    const bench = { subject, work, release, sums, old, clobber: request.clobber }
    const done = new Map<string, DownloadedAsset>()
    const bytes = placed.reduce((sum, { asset }) => sum + asset.size, 0)
    session.emit({ type: 'transfer-planned', files: placed.length, bytes })
    await inLanes(atOnce, placed, async (one) => {
      session.signal?.throwIfAborted()
      done.set(one.path, await take(session, bench, one))
    })
    return placed.flatMap(({ path }) => done.get(path) ?? [])
  } finally {
    await discard()
  }
}

/** GitHub lists an asset whose upload has not ended, but has no bytes of it to give. */
function warnOfBroken({ emit }: ReleaseSession, { assets, tag_name: tag }: Release): void {
  for (const { name } of assets.filter((one) => !isWhole(one))) {
    const message = `${tag}: skipping ${oneLine(name, 100)}, whose upload is not complete`
    emit({ type: 'warning', message })
  }
}

/** @throws GitHubNotFoundError */
function selectAssets({ assets, tag_name: tag }: Release, patterns: string[]): ReleaseAsset[] {
  const whole = assets.filter(isWhole)
  const matchers = patterns.map((pattern) => ({
    pattern,
    matches: picomatch(pattern, { dot: true }),
  }))
  const idle = matchers.find(({ matches }) => !whole.some(({ name }) => matches(name)))
  if (idle !== undefined || whole.length === 0) {
    const names = whole.map(({ name }) => name).join(', ')
    const what =
      idle === undefined ? 'no assets' : `no asset that matches ${oneLine(idle.pattern, 100)}`
    throw new GitHubNotFoundError(`${tag} has ${what}`, {
      hint: names === '' ? 'none was uploaded' : `available: ${oneLine(names, 400)}`,
    })
  }
  if (matchers.length === 0) return whole
  return whole.filter(({ name }) => matchers.some(({ matches }) => matches(name)))
}

/** Somebody else chose the asset's name. @throws PathError if two assets would be one file */
function place(assets: ReleaseAsset[], dir: string): Placed[] {
  const seen = new Map<string, string>()
  return assets.map((asset) => {
    const name = safeName(asset.name, `asset-${asset.id}`)
    const other = seen.get(folded(name))
    if (other !== undefined) {
      throw new PathError(`${other} and ${oneLine(asset.name, 100)} would be the same file`, {
        hint: ['choose one of them with ', { flag: 'pattern' }],
      })
    }
    seen.set(folded(name), oneLine(asset.name, 100))
    return { asset, path: join(dir, name) }
  })
}

/** By the asset's name. */
async function readSums(
  session: ReleaseSession,
  { owner, repo }: ReleaseSubject,
  { assets }: Release,
  work: string,
): Promise<Map<string, string>> {
  const sums = new Map<string, string>()
  for (const asset of assets.filter((one) => isWhole(one) && isSumsFile(one))) {
    const to = join(work, `sums-${asset.id}`)
    await downloadReleaseAsset(session.github, owner, repo, asset, to)
    for (const [name, sum] of parseSums(await readFile(to, 'utf8'))) sums.set(name, sum)
  }
  return sums
}

interface Bench {
  subject: ReleaseSubject
  work: string
  release: Release
  sums: ReadonlyMap<string, string>
  old: ReadonlyMap<string, Old>
  clobber: boolean
}

async function take(
  session: ReleaseSession,
  { subject: { owner, repo }, work, release, sums, old, clobber }: Bench,
  { asset, path }: Placed,
): Promise<DownloadedAsset> {
  const { name, size } = asset
  const there = old.get(path)
  const done = (sha256: string, status: DownloadedAsset['status']): DownloadedAsset => {
    assertSum(asset, sha256, sums)
    session.emit({ type: 'transfer-done', direction: 'download', name, size, status })
    const checked = [asset.digest !== null && 'digest', sums.has(name) && 'sums'] as const
    const kinds = checked.filter((kind) => kind !== false)
    return { name, path, size, digest: `sha256:${sha256}`, checked: kinds, status }
  }
  const known = there?.digest?.slice('sha256:'.length)
  const isKept = there?.isAsset ?? (known !== undefined && sums.get(name) === known)
  if (known !== undefined && isKept) return done(known, 'unchanged')
  const part = join(work, String(asset.id))
  const { sha256 } = await downloadReleaseAsset(session.github, owner, repo, asset, part, {
    onProgress: (so) =>
      session.emit({ type: 'transfer-progress', direction: 'download', name, ...so }),
  })
  if (there?.isAsset === null && known === sha256) return done(sha256, 'unchanged')
  if (there?.isAsset === null && !clobber) throw inTheWay([path], release)
  const result = done(sha256, there === undefined ? 'downloaded' : 'replaced')
  await writing(path, () => rename(part, path))
  return result
}

/** @throws ConflictError with both checksums */
function assertSum(
  { name }: ReleaseAsset,
  sha256: string,
  sums: ReadonlyMap<string, string>,
): void {
  const sum = sums.get(name)
  if (sum === undefined || sum === sha256) return
  throw new ConflictError(`${basename(name)} does not match the release's checksums`, {
    hint: `expected sha256 ${sum}, received ${sha256}: the file was not kept`,
  })
}

/** An asset and the path of its file. */
export interface Placed {
  asset: ReleaseAsset
  path: string
}

/**
 * An existing file, and whether it equals the asset; null: the server gives no digest, and the
 * sizes are equal.
 */
export interface Old {
  /** `sha256:` and 64 hexadecimal digits; null if it was not computed. */
  digest: string | null
  isAsset: boolean | null
}

/** The existing files, by path. @throws PathError */
export async function whatIsThere(placed: Placed[]): Promise<Map<string, Old>> {
  const found = new Map<string, Old>()
  for (const { asset, path } of placed) {
    const stats = await stat(path).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return null
      throw fileError(path, "can't be read", error)
    })
    if (stats === null) continue
    if (!stats.isFile()) throw new PathError(`${path} exists, and is not a file`)
    const isLikely = stats.size === asset.size
    const digest = isLikely ? `sha256:${await hashOf(path, 'sha256')}` : null
    const isAsset = asset.digest === null ? null : digest === asset.digest
    found.set(path, { digest, isAsset: isLikely && isAsset })
  }
  return found
}

/** @throws ConflictError */
export function assertNoCollisions(old: Map<string, Old>, release: Release): void {
  const others = [...old].filter(([, { isAsset }]) => isAsset === false).map(([path]) => path)
  if (others.length > 0) throw inTheWay(others, release)
}

/** The error for existing files with other bytes. */
export function inTheWay(
  paths: string[],
  { tag_name: tag }: Pick<Release, 'tag_name'>,
): ConflictError {
  const which = paths.slice(0, 5).join(', ') + (paths.length > 5 ? ' …' : '')
  return new ConflictError(`other files already exist: ${which}`, {
    hint: [
      { flag: 'clobber' },
      ` replaces them with those of ${tag}; `,
      { flag: 'dir', value: 'DIR' },
      ' puts them elsewhere',
    ],
  })
}
