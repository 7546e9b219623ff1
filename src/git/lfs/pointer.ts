import type { Oid } from '../plumbing/objects/object.js'
import type { ObjectStore } from '../plumbing/objects/store.js'

/** What a pointer file says of the content that Git LFS keeps elsewhere. */
export interface LfsPointer {
  /** The content's SHA-256, 64 hexadecimal digits. */
  oid: string
  /** Bytes. */
  size: number
  /** Whether an extension of git-lfs made the content: it is not what the file has. */
  isExtended: boolean
}

/**
 * In bytes. git-lfs reads no more of a blob, whatever follows; a file of the work tree that is not
 * shorter is content.
 */
export const longestPointer = 1024

/** Current, and from before Git LFS had its name. */
const versions = new Set([
  'https://git-lfs.github.com/spec/v1',
  'https://hawser.github.com/spec/v1',
  'http://git-media.io/v/2',
])

/**
 * Reads a pointer file as git-lfs does, which is more lenient than its specification: blanks around
 * it, empty lines and other line ends are allowed.
 *
 * @returns null if it is not a pointer
 * @see https://github.com/git-lfs/git-lfs/blob/main/lfs/pointer.go
 */
export function parsePointer(data: Uint8Array): LfsPointer | null {
  const length = Math.min(data.length, longestPointer)
  const text = Buffer.from(data.buffer, data.byteOffset, length).toString('utf8')
  const lines = text.replace(blanksAround, '').split(/\r?\n/)
  const fields = readFields(lines.filter((line) => line !== ''))
  if (fields === null || !versions.has(fields.version)) return null
  const oid = readOid(fields.oid)
  const size = readSize(fields.size)
  if (oid === null || size === null || !areExtensions(fields.extensions)) return null
  return { oid, size, isExtended: fields.extensions.size > 0 }
}

/** @returns null if the blob is not a pointer, or too large to be held in memory */
export async function readPointer(store: ObjectStore, oid: Oid): Promise<LfsPointer | null> {
  const blob = await store.open(oid)
  return 'data' in blob ? parsePointer(blob.data) : null
}

/** The pointer as git-lfs writes it. */
export const formatPointer = ({ oid, size }: Pick<LfsPointer, 'oid' | 'size'>): string =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`

/** What Go's `unicode.IsSpace` takes for a blank. */
const blanksAround = /^\p{White_Space}+|\p{White_Space}+$/gu

interface Fields {
  version: string
  oid: string
  size: string
  /** By key. */
  extensions: Map<string, string>
}

/** The three keys must have this order; extensions may lie before each of them. */
function readFields(lines: string[]): Fields | null {
  const values: string[] = []
  const extensions = new Map<string, string>()
  for (const line of lines) {
    const [, key = '', value = ''] = /^([^ ]*) (.*)$/s.exec(line) ?? []
    const expected = ['version', 'oid', 'size'][values.length]
    if (expected === undefined) return null
    if (key === expected) values.push(value)
    else if (/^ext-\d-\w/.test(key)) extensions.set(key, value)
    else return null
  }
  const [version, oid, size] = values
  return version === undefined || oid === undefined || size === undefined
    ? null
    : { version, oid, size, extensions }
}

const readOid = (value: string): string | null => /^sha256:([0-9a-f]{64})$/.exec(value)?.[1] ?? null

/** A 64-bit number as Go's `strconv.ParseInt` reads it. */
function readSize(value: string): number | null {
  if (!/^(?:\+?\d+|-0+)$/.test(value)) return null
  const size = BigInt(value.replace('+', ''))
  return size < 2n ** 63n ? Number(size) : null
}

/** Each names an object, and no two have the same priority, which is the digit of their keys. */
function areExtensions(extensions: Map<string, string>): boolean {
  const priorities = new Set([...extensions.keys()].map((key) => key['ext-'.length]))
  return (
    priorities.size === extensions.size &&
    [...extensions.values()].every((value) => readOid(value) !== null)
  )
}
