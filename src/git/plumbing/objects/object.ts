import { crypto } from '../../../base/builtin.js'

/** A full object id, 40 hexadecimal digits. */
export type Oid = string

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag'

export interface GitObject {
  type: ObjectType
  data: Buffer
}

/** A blob that is too large to hold in memory. */
export interface LargeBlob {
  type: 'blob'
  size: number
  /** Its bytes, readable once while the store is open. @throws CorruptObjectError */
  pieces: AsyncIterable<Buffer>
}

/** The header that git puts before an object, in its hash and in a loose file. */
export const objectHeader = (type: ObjectType, size: number) =>
  Buffer.from(`${type} ${size}\0`, 'latin1')

/**
 * Up to this size, it is quicker to copy an object behind its header than to hash the two
 * separately.
 */
const mostCopied = 64 * 1024

const copy = Buffer.allocUnsafe(32 + mostCopied)

export function hashObject(type: ObjectType, data: Uint8Array): Oid {
  const header = `${type} ${data.length}\0`
  if (data.length > mostCopied) {
    return crypto().createHash('sha1').update(header, 'latin1').update(data).digest('hex')
  }
  const start = copy.write(header, 'latin1')
  copy.set(data, start)
  return crypto().hash('sha1', copy.subarray(0, start + data.length))
}
