import { stat } from 'node:fs/promises'
import { ConflictError, PathError } from '../base/errors.js'
import { hasCode } from '../base/fs/read.js'
import type { ReleaseAsset } from '../github/rest/release-assets.js'
import type { Release } from '../github/rest/releases.js'
import { fileError } from '../github/transfer/files.js'
import { hashOf } from './assets/local.js'

/** An asset, and the file that it will be. */
export interface Placed {
  asset: ReleaseAsset
  path: string
}

/** A file in the way, and whether it is the asset; null: the server tells no digest, and the size is the same. */
export interface Old {
  /** `sha256:` and 64 hexadecimal digits; null where nobody counted it. */
  digest: string | null
  isAsset: boolean | null
}

/** The files in the way, by path. @throws PathError */
export async function whatIsThere(placed: Placed[]): Promise<Map<string, Old>> {
  const found = new Map<string, Old>()
  for (const { asset, path } of placed) {
    const stats = await stat(path).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return null
      throw fileError(path, "can't be looked at", error)
    })
    if (stats === null) continue
    if (!stats.isFile()) throw new PathError(`${path} is in the way, and no file`)
    const isLikely = stats.size === asset.size
    const digest = isLikely ? `sha256:${await hashOf(path, 'sha256')}` : null
    const isAsset = asset.digest === null ? null : digest === asset.digest
    found.set(path, { digest, isAsset: isLikely && isAsset })
  }
  return found
}

/** @throws ConflictError */
export function expectFree(old: Map<string, Old>, release: Release): void {
  const others = [...old].filter(([, { isAsset }]) => isAsset === false).map(([path]) => path)
  if (others.length > 0) throw inTheWay(others, release)
}

/** What is said of other files. */
export function inTheWay(
  paths: string[],
  { tag_name: tag }: Pick<Release, 'tag_name'>,
): ConflictError {
  const which = paths.slice(0, 5).join(', ') + (paths.length > 5 ? ' …' : '')
  return new ConflictError(`there are other files already: ${which}`, {
    hint: [
      { flag: 'clobber' },
      ` replaces them by those of ${tag}; `,
      { flag: 'dir', value: 'DIR' },
      ' puts them elsewhere',
    ],
  })
}
