import { createHash } from 'node:crypto'
import type { ObjectType, Oid } from '../types.js'

/** The bytes that git puts before an object's own, in its hash and in a loose file. */
export const objectHeader = (type: ObjectType, size: number) =>
  Buffer.from(`${type} ${size}\0`, 'latin1')

export function hashObject(type: ObjectType, data: Uint8Array): Oid {
  return createHash('sha1').update(objectHeader(type, data.length)).update(data).digest('hex')
}

export const isOid = (text: string): text is Oid => /^[0-9a-f]{40}$/.test(text)
