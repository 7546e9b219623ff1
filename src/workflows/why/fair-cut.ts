import type { Excerpt } from './first-error.js'

/** Bytes of all excerpts of a run. */
export const usualExcerptBytes = 16 * 1024

/**
 * Divides a number of bytes over several texts: what the short ones leave is for the long ones.
 *
 * @returns what each may have, in their order
 */
export function fairShares(sizes: number[], total: number): number[] {
  const shares = sizes.map(() => 0)
  const bySize = sizes.map((size, index) => ({ size, index })).sort((a, b) => a.size - b.size)
  let left = total
  for (const [position, { size, index }] of bySize.entries()) {
    const share = Math.min(size, Math.floor(left / (bySize.length - position)))
    shares[index] = share
    left -= share
  }
  return shares
}

/** In UTF-8, with the line ends. */
export const sizeOf = (lines: string[]): number =>
  lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)

/**
 * Leaves out the lines that are farthest from the error, until the rest fits; at last the error
 * itself is cut.
 */
export function cutExcerpt({ lines, error }: Excerpt, most: number): string[] {
  let [from, to] = [0, lines.length]
  let size = sizeOf(lines)
  while (size > most && to - from > 1) {
    // What follows an error says more than what led to it.
    const dropsFirst = error - from > 0 && (error - from) * 2 >= to - 1 - error
    size -= sizeOf([lines[dropsFirst ? from : to - 1] ?? ''])
    if (dropsFirst) from += 1
    else to -= 1
  }
  const [only = '', ...others] = lines.slice(from, to)
  if (others.length > 0 || size <= most) return [only, ...others]
  const bytes = Buffer.from(only).subarray(0, Math.max(0, most - 4))
  return most < 5 ? [] : [`${bytes.toString().replace(/\ufffd$/, '')}…`]
}
