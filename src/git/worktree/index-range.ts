import type { BytePath } from '../plumbing/byte-path.js'
import type { IndexEntry } from '../plumbing/index/entry.js'

/** The entries below one folder, which are adjacent in the index. */
export interface IndexRange {
  entries: IndexEntry[]
  start: number
  end: number
  folder: BytePath
}

/**
 * An entry of a folder by the index: a file (in a conflict the first of its stages), or a folder.
 */
export type IndexPart = { name: BytePath; entry: IndexEntry } | (IndexRange & { name: BytePath })

export function* folderRanges({ entries, start, end, folder }: IndexRange): Generator<IndexPart> {
  const skip = folder === '' ? 0 : folder.length + 1
  for (let at = start; at < end; ) {
    const entry = entries[at]
    if (entry === undefined) return
    const slash = entry.path.indexOf('/', skip)
    if (slash < 0) {
      yield { name: entry.path.slice(skip), entry }
      while (++at < end && entries[at]?.path === entry.path);
    } else {
      const below = entry.path.slice(0, slash)
      const last = endOfFolder(entries, at, end, `${below}/`)
      yield { name: below.slice(skip), entries, start: at, end: last, folder: below }
      at = last
    }
  }
}

/** Finds the first entry after those with this prefix, by binary search. */
function endOfFolder(entries: IndexEntry[], start: number, end: number, prefix: string): number {
  let low = start
  let high = end
  while (low < high) {
    const middle = (low + high) >>> 1
    if (entries[middle]?.path.startsWith(prefix)) low = middle + 1
    else high = middle
  }
  return low
}
