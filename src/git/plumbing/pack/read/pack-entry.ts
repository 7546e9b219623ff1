import type { ObjectType, Oid } from '../../objects/object.js'

interface Header {
  /** Bytes, inflated: of the object, or of the delta. */
  size: number
  /** Bytes that this header takes, the base's name included. */
  headerLength: number
}

export type WholeEntry = Header & { type: ObjectType }

export type DeltaEntry = Header &
  (
    | { type: 'ofs-delta' /** How far before this entry its base begins. */; distance: number }
    | { type: 'ref-delta'; base: Oid }
  )

/** What stands before an entry's zlib stream in a pack. */
export type PackEntry = WholeEntry | DeltaEntry

const types: Partial<Record<number, PackEntry['type']>> = {
  1: 'commit',
  2: 'tree',
  3: 'blob',
  4: 'tag',
  6: 'ofs-delta',
  7: 'ref-delta',
}

export const isDelta = (entry: PackEntry): entry is DeltaEntry =>
  entry.type === 'ofs-delta' || entry.type === 'ref-delta'

/** More than any entry's header takes. */
export const mostHeader = 10 + 20

/**
 * @see https://git-scm.com/docs/pack-format
 * @returns null where the bytes are no entry, or end within its header
 */
export function readPackEntry(bytes: Buffer, at: number): PackEntry | null {
  let next = bytes[at]
  if (next === undefined) return null
  const type = types[(next >> 4) & 7]
  if (type === undefined) return null
  let size = next & 15
  let end = at + 1
  for (let scale = 16; next & 0x80; scale *= 128) {
    next = bytes[end++]
    if (next === undefined) return null
    size += (next & 0x7f) * scale
  }
  if (size > Number.MAX_SAFE_INTEGER) return null
  if (type === 'ofs-delta') {
    const distance = readDistance(bytes, end)
    return distance && { type, size, headerLength: distance.end - at, distance: distance.value }
  }
  if (type !== 'ref-delta') return { type, size, headerLength: end - at }
  if (end + 20 > bytes.length) return null
  const base = bytes.toString('hex', end, end + 20)
  return { type, size, headerLength: end + 20 - at, base }
}

/** Seven bits a byte, the highest first, each further byte adding one so that no number has two spellings. */
function readDistance(bytes: Buffer, at: number): { value: number; end: number } | null {
  let next = bytes[at]
  if (next === undefined) return null
  let value = next & 0x7f
  let end = at + 1
  while (next & 0x80) {
    next = bytes[end++]
    if (next === undefined || value > Number.MAX_SAFE_INTEGER / 256) return null
    value = (value + 1) * 128 + (next & 0x7f)
  }
  return { value, end }
}

/** Whether an entry is a blob that is whole in the pack, and too large to be held in memory. */
export const isLarge = (entry: PackEntry): entry is WholeEntry =>
  entry.type === 'blob' && entry.size > mostHeld

/** Blobs above this many bytes are gone through in pieces; nothing of them is kept. */
const mostHeld = 4 * 1024 * 1024
