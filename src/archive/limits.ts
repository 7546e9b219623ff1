import { PathError, UsageError } from '../base/errors.js'

/** What an archive may become, however small it is. */
export interface Limits {
  entries: number
  /** Bytes, unpacked. */
  size: number
  /** Unpacked bytes to packed ones; it is looked at above `ratioFrom` bytes only, as small text packs well. */
  ratio: number
  ratioFrom: number
}

export const defaultLimits: Limits = {
  entries: 1_000_000,
  size: 10e9,
  ratio: 200,
  ratioFrom: 100e6,
}

/** @param maxSize bytes unpacked, as `--max-size` has them @throws UsageError */
export function limitsWith(maxSize: number | undefined): Limits {
  if (maxSize === undefined) return defaultLimits
  if (Number.isSafeInteger(maxSize) && maxSize > 0) return { ...defaultLimits, size: maxSize }
  throw new UsageError(`${maxSize} is no size in bytes`, { hint: 'give a whole number above 0' })
}

/** @throws PathError for more entries than there may be */
export function checkCount(count: number, limits: Limits, archive: string): void {
  if (count <= limits.entries) return
  throw new PathError(`${archive} has ${count} entries, more than ${limits.entries}: not unpacked`)
}

/**
 * That each entry is as long as it says is checked where it is unpacked, so the sums hold for real bytes.
 *
 * @throws PathError
 */
export function checkSizes(
  sizes: { packed: number; unpacked: number },
  limits: Limits,
  archive: string,
): void {
  const { packed, unpacked } = sizes
  if (unpacked > limits.size) {
    throw new PathError(`${archive} unpacks to more than ${limits.size} bytes: not unpacked`, {
      hint: ['where that is right, allow more with ', { flag: 'max-size', value: 'BYTES' }],
    })
  }
  if (unpacked > limits.ratioFrom && unpacked > packed * limits.ratio) {
    const ratio = Math.round(unpacked / Math.max(1, packed))
    throw new PathError(`${archive} unpacks to ${ratio} times its size: not unpacked`, {
      hint: 'an archive like that is made to fill a disk',
    })
  }
}
