import { basename, extname } from 'node:path'
import mime from 'mime-types'
import { PathError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'

/**
 * The name that GitHub gives an asset: what is no letter, digit, `.`, `-`, `_` or `+` becomes a dot, and no dot leads,
 * ends or repeats. It is sent so, so that checksums name what people see.
 * https://docs.github.com/en/rest/releases/assets#upload-a-release-asset
 *
 * @throws PathError where nothing is left of it
 */
export function assetName(path: string): string {
  const name = basename(path)
  const safe = name
    .replace(/[^\w.+-]+/g, '.')
    .replace(/\.{2,}/g, '.')
    .replace(/\.$/, '')
  if (/^\.?$/.test(safe)) {
    throw new PathError(
      `${oneLine(name, 100)} has no letter that GitHub lets an asset's name have`,
      {
        hint: 'rename the file to letters, digits, ., -, _ and +',
      },
    )
  }
  return safe.startsWith('.') ? `default${safe}` : safe
}

/** What mime-types does not know, or takes for something else. */
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
