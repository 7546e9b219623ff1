import { constants } from 'node:buffer'
import { CorruptObjectError } from '../../errors.js'

/**
 * Applies a delta to its base and returns the object.
 *
 * @see https://git-scm.com/docs/pack-format#_deltified_representation
 * @throws CorruptObjectError if it copies from outside the base, or its result has another size
 *   than it says
 */
export function applyDelta(base: Buffer, delta: Buffer, what: string): Buffer {
  const broken = () => new CorruptObjectError(`${what}: its delta does not match its base`)
  const sizes = deltaSizes(delta)
  if (sizes === null || sizes.base !== base.length) throw broken()
  // A false size allocates nothing.
  const most = Math.min(constants.MAX_LENGTH, (delta.length - sizes.end) * mostPerByte)
  if (sizes.result > most) throw broken()
  const result = Buffer.allocUnsafe(sizes.result)
  let from = sizes.end
  let to = 0
  while (from < delta.length) {
    const code = byte(delta, from++)
    if (code & 0x80) {
      let offset = 0
      let size = 0
      if (code & 0x01) offset = byte(delta, from++)
      if (code & 0x02) offset |= byte(delta, from++) << 8
      if (code & 0x04) offset |= byte(delta, from++) << 16
      if (code & 0x08) offset += byte(delta, from++) * 0x1000000
      if (code & 0x10) size = byte(delta, from++)
      if (code & 0x20) size |= byte(delta, from++) << 8
      if (code & 0x40) size |= byte(delta, from++) << 16
      if (size === 0) size = 0x10000
      if (offset + size > base.length || to + size > result.length) throw broken()
      base.copy(result, to, offset, offset + size)
      to += size
    } else {
      if (code === 0 || from + code > delta.length || to + code > result.length) throw broken()
      delta.copy(result, to, from, from + code)
      from += code
      to += code
    }
  }
  if (to !== result.length || from !== delta.length) throw broken()
  return result
}

/** A copy of up to 2^24 bytes takes at least two bytes of a delta. */
const mostPerByte = 0x800000

/** The sizes in a delta's header, and where its instructions begin; null if it is truncated. */
export function deltaSizes(delta: Buffer): { base: number; result: number; end: number } | null {
  const base = readVarint(delta, 0)
  if (base === null) return null
  const result = readVarint(delta, base.end)
  return result && { base: base.value, result: result.value, end: result.end }
}

/** Seven bits per byte, the lowest first. */
function readVarint(bytes: Buffer, at: number): { value: number; end: number } | null {
  let value = 0
  for (let scale = 1, end = at; end < bytes.length; scale *= 128) {
    const next = byte(bytes, end++)
    value += (next & 0x7f) * scale
    if (value > Number.MAX_SAFE_INTEGER) return null
    if (next < 0x80) return { value, end }
  }
  return null
}

/** Reads as 0 past the end; the loop's own checks then find that the delta is truncated. */
const byte = (bytes: Buffer, at: number) => bytes[at] ?? 0
