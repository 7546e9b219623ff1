import { createHash } from 'node:crypto'
import type { EntryTable } from './entry-table.js'

/** The greatest offset that stands in the table of 4-byte ones. */
const mostShort = 0x7fffffff

/**
 * A pack's `.idx`, version 2, as `git index-pack` writes it.
 *
 * @param checksum the pack's own, its last 20 bytes
 * @see https://git-scm.com/docs/pack-format#_version_2_pack_idx_files_support_packs_larger_than_4_gib_and
 */
export function formatIndex(table: EntryTable, checksum: Buffer): Buffer {
  const sorted = table.sorted()
  const far = sorted.filter((place) => table.offsetOf(place) > mostShort)
  const { count } = table
  const header = 8 + 256 * 4
  const index = Buffer.alloc(header + count * 28 + far.length * 8 + 40)
  index.writeUInt32BE(0xff744f63, 0)
  index.writeUInt32BE(2, 4)
  const names = header
  const crcs = names + count * 20
  const offsets = crcs + count * 4
  const farOffsets = offsets + count * 4
  let farthest = 0
  for (const [row, place] of sorted.entries()) {
    const offset = table.offsetOf(place)
    table.oids.copy(index, names + row * 20, place * 20, place * 20 + 20)
    index.writeUInt32BE(table.crcs[place] ?? 0, crcs + row * 4)
    if (offset <= mostShort) index.writeUInt32BE(offset, offsets + row * 4)
    else {
      index.writeUInt32BE(0x80000000 + farthest, offsets + row * 4)
      index.writeBigUInt64BE(BigInt(offset), farOffsets + farthest * 8)
      farthest++
    }
  }
  writeFanOut(index, names, count)
  checksum.copy(index, index.length - 40)
  const own = createHash('sha1').update(index.subarray(0, -20)).digest()
  own.copy(index, index.length - 20)
  return index
}

/** How many ids begin with each byte or a lesser one. */
function writeFanOut(index: Buffer, names: number, count: number): void {
  let row = 0
  for (let byte = 0; byte < 256; byte++) {
    while (row < count && index.readUInt8(names + row * 20) <= byte) row++
    index.writeUInt32BE(row, 8 + byte * 4)
  }
}
