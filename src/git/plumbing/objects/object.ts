import { createHash, hash } from 'node:crypto'

/** A full object id, 40 hexadecimal digits. */
export type Oid = string

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag'

export interface GitObject {
  type: ObjectType
  data: Buffer
}

/** A blob that is too large to be held in memory. */
export interface LargeBlob {
  type: 'blob'
  size: number
  /** Its bytes as they come, once; the store is open as long. @throws CorruptObjectError */
  pieces: AsyncIterable<Buffer>
}

/** The bytes that git puts before an object's own, in its hash and in a loose file. */
export const objectHeader = (type: ObjectType, size: number) =>
  Buffer.from(`${type} ${size}\0`, 'latin1')

/** Up to this many bytes, to copy an object behind its header is quicker than to hash the two one by one. */
const mostCopied = 64 * 1024

const copy = Buffer.allocUnsafe(32 + mostCopied)

export function hashObject(type: ObjectType, data: Uint8Array): Oid {
  const header = `${type} ${data.length}\0`
  if (data.length > mostCopied) {
    return createHash('sha1').update(header, 'latin1').update(data).digest('hex')
  }
  const start = copy.write(header, 'latin1')
  copy.set(data, start)
  return hash('sha1', copy.subarray(0, start + data.length))
}
