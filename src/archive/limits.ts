import { PathError, UsageError } from '../base/errors.js'

/** How much an archive may unpack to, however small it is. */
export interface Limits {
  entries: number
  /** Unpacked bytes. */
  size: number
  /**
   * Unpacked bytes per packed byte. It applies above `ratioFrom` bytes only, because small texts
   * compress well.
   */
  ratio: number
  ratioFrom: number
}

export const defaultLimits: Limits = {
  entries: 1_000_000,
  size: 10e9,
  ratio: 200,
  ratioFrom: 100e6,
}

/** @param maxSize unpacked bytes, from `--max-size` @throws UsageError */
export function limitsWith(maxSize: number | undefined): Limits {
  if (maxSize === undefined) return defaultLimits
  if (Number.isSafeInteger(maxSize) && maxSize > 0) return { ...defaultLimits, size: maxSize }
  throw new UsageError(`not a size in bytes: ${maxSize}`, { hint: 'give a whole number above 0' })
}

/** @throws PathError for more entries than the limit */
export function checkCount(count: number, limits: Limits, archive: string): void {
  if (count <= limits.entries) return
  throw new PathError(`${archive} has ${count} entries, more than ${limits.entries}: not unpacked`)
}

/**
 * Checks the declared sizes. Unpacking checks that each entry has its declared size, so these sums
 * hold for the real bytes.
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
      hint: ['if you expect that, allow more with ', { flag: 'max-size', value: 'BYTES' }],
    })
  }
  if (unpacked > limits.ratioFrom && unpacked > packed * limits.ratio) {
    const ratio = Math.round(unpacked / Math.max(1, packed))
    throw new PathError(`${archive} unpacks to ${ratio} times its size: not unpacked`, {
      hint: 'such an archive is made to fill a disk',
    })
  }
}
