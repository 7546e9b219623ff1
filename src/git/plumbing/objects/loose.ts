import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { hasCode } from '../../../base/fs/read.js'
import { CorruptObjectError } from '../../errors.js'
import { type GitObject, hashObject, type ObjectType, type Oid } from './object.js'

export const loosePath = (objectsDir: string, oid: Oid) =>
  join(objectsDir, oid.slice(0, 2), oid.slice(2))

export const hasLoose = (objectsDir: string, oid: Oid) => existsSync(loosePath(objectsDir, oid))

/**
 * @returns null where there is no such file
 * @throws CorruptObjectError where its bytes are not those of its id
 */
export function readLoose(objectsDir: string, oid: Oid): GitObject | null {
  const path = loosePath(objectsDir, oid)
  let deflated: Buffer
  try {
    deflated = readFileSync(path)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
  const object = parseLoose(path, deflated)
  if (hashObject(object.type, object.data) !== oid) {
    throw new CorruptObjectError(`${path} does not hold the object it is named after`)
  }
  return object
}

function parseLoose(path: string, deflated: Buffer): GitObject {
  let bytes: Buffer
  try {
    bytes = inflateSync(deflated)
  } catch (error) {
    throw new CorruptObjectError(`${path} can't be unpacked`, error)
  }
  const end = bytes.indexOf(0)
  const header = /^(commit|tree|blob|tag) (\d+)$/.exec(bytes.toString('latin1', 0, end))
  const data = bytes.subarray(end + 1)
  if (end < 0 || header === null || Number(header[2]) !== data.length) {
    throw new CorruptObjectError(`${path} does not begin as an object does`)
  }
  return { type: header[1] as ObjectType, data }
}
