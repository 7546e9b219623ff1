import { createHash } from 'node:crypto'
import { type BigIntStats, createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import mime from 'mime-types'
import { PathError, UsageError } from '../../base/errors.js'
import { hasCode } from '../../base/fs/read.js'
import { oneLine } from '../../base/text.js'
import { fileError } from '../../github/transfer/files.js'

/** A file to upload to a release. */
export interface LocalAsset {
  /** As GitHub will show it. */
  name: string
  /** Absolute. */
  path: string
  /** Bytes. */
  size: number
  contentType: string
  /** In hexadecimal digits; computed once, on first use. */
  sha256(): Promise<string>
  /**
   * Whether this is its digest. If the file has not been hashed yet, the digest that was computed
   * while sending counts.
   */
  confirm(sha256: string): Promise<boolean>
  /** Whether the file is the same as when it was first read. */
  isUnchanged(): Promise<boolean>
}

/** https://docs.github.com/en/repositories/releasing-projects-on-github/about-releases#storage-and-bandwidth-quotas */
const mostBytes = 2n ** 31n

/** @throws PathError if it is not a file, can't be read, or has 2 GiB or more */
export async function localAsset(
  path: string,
  contentType?: string | undefined,
): Promise<LocalAsset> {
  const stats = await statOf(path)
  if (!stats.isFile()) throw new PathError(`not a file: ${path}`)
  if (stats.size >= mostBytes) {
    throw new PathError(`${path} has ${stats.size} bytes; GitHub takes assets of less than 2 GiB`, {
      hint: 'split or compress it',
    })
  }
  const name = assetName(path)
  let digest: Promise<string> | undefined
  return {
    name,
    path,
    size: Number(stats.size),
    contentType: contentType ?? contentTypeOf(name),
    sha256: () => {
      digest ??= hashOf(path, 'sha256')
      return digest
    },
    confirm: async (sha256) => {
      digest ??= Promise.resolve(sha256)
      return (await digest) === sha256
    },
    isUnchanged: async () => isSame(stats, await statOf(path)),
  }
}

/** In the given order. @throws PathError, also for empty files; UsageError if two have the same name */
export async function localAssets(
  files: readonly { path: string; contentType?: string | undefined }[],
): Promise<LocalAsset[]> {
  const assets: LocalAsset[] = []
  for (const { path, contentType } of files) assets.push(await localAsset(path, contentType))
  assertFilled(assets)
  assertDistinct(assets)
  return assets
}

/** GitHub takes no empty asset. @throws PathError with every one */
function assertFilled(assets: readonly LocalAsset[]): void {
  const empty = assets.filter(({ size }) => size === 0).map(({ path }) => path)
  if (empty.length === 0) return
  throw new PathError(`${empty.join(', ')} ${empty.length === 1 ? 'is' : 'are'} empty`, {
    hint: 'GitHub takes no empty assets: omit the file, or write something into it',
  })
}

/**
 * GitHub accepts names that differ only in case, but macOS and Windows can't keep both in a folder.
 *
 * @throws UsageError
 */
export function assertDistinct(assets: readonly Pick<LocalAsset, 'name' | 'path'>[]): void {
  const seen = new Map<string, string>()
  for (const { name, path } of assets) {
    const key = name.toLowerCase()
    const other = seen.get(key)
    if (other !== undefined) {
      const names = `${oneLine(other, 200)} and ${oneLine(path, 200)}`
      throw new UsageError(`${names} would both be the asset ${name}`, {
        hint: 'rename one: GitHub replaces every character except letters, digits, -, _ and + by a dot',
      })
    }
    seen.set(key, path)
  }
}

async function statOf(path: string): Promise<BigIntStats> {
  try {
    return await stat(path, { bigint: true })
  } catch (cause) {
    if (!hasCode(cause, 'ENOENT')) throw fileError(path, "can't be read", cause)
    throw new PathError(`${path} does not exist`, {
      hint: 'check the spelling, and that it was built',
      cause,
    })
  }
}

const isSame = (one: BigIntStats, other: BigIntStats): boolean =>
  one.size === other.size && one.mtimeNs === other.mtimeNs && one.ino === other.ino

/** In hexadecimal digits; memory does not grow with the file. @throws PathError */
export async function hashOf(path: string, algorithm: 'sha256' | 'md5'): Promise<string> {
  const hash = createHash(algorithm)
  const stream = createReadStream(path, { highWaterMark: 1024 * 1024 })
  try {
    for await (const chunk of stream) hash.update(chunk as Buffer)
  } catch (cause) {
    throw fileError(path, "can't be read", cause)
  }
  return hash.digest('hex')
}

/**
 * The name that GitHub gives an asset: anything but letters, digits, `.`, `-`, `_` and `+` becomes
 * a dot, and dots neither lead, end nor repeat. wizard sends this name, so that checksum files
 * contain the names that people see.
 * https://docs.github.com/en/rest/releases/assets#upload-a-release-asset
 *
 * @throws PathError if nothing is left of it
 */
export function assetName(path: string): string {
  const name = basename(path)
  const safe = name
    .replace(/[^\w.+-]+/g, '.')
    .replace(/\.{2,}/g, '.')
    .replace(/\.$/, '')
  if (/^\.?$/.test(safe)) {
    throw new PathError(
      `${oneLine(name, 100)} has no character that GitHub allows in the name of an asset`,
      {
        hint: 'rename the file: letters, digits, ., -, _ and +',
      },
    )
  }
  return safe.startsWith('.') ? `default${safe}` : safe
}

/** Types that mime-types does not know or gets wrong. */
const types: Record<string, string> = {
  '.asc': 'application/pgp-signature',
  '.minisig': 'text/plain',
  '.tcz': 'application/octet-stream',
}

/** By the file's name. */
export function contentTypeOf(name: string): string {
  const known = types[extname(name).toLowerCase()]
  return known ?? (mime.lookup(name) || 'application/octet-stream')
}
