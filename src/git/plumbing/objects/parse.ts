import { CorruptObjectError, MissingObjectError } from '../../errors.js'
import type { GitObject, ObjectType, Oid } from './object.js'
import type { ObjectStore } from './store.js'

export interface Commit {
  tree: Oid
  parents: Oid[]
  /** The committer's time, in seconds since 1970. */
  time: number
}

export interface GitTreeEntry {
  /**
   * As a number: 0o40000 folder, 0o100644 and 0o100755 file, 0o120000 symlink, 0o160000 submodule.
   */
  mode: number
  /**
   * The name's bytes, one character each (`latin1`). Names need not be UTF-8, and these strings
   * compare as git's bytes do. For the file system use `Buffer.from(name, 'latin1')`; for people,
   * that buffer's `toString()`.
   */
  name: string
  oid: Oid
}

export interface Tag {
  object: Oid
  type: ObjectType
  tag: string
}

/** @throws CorruptObjectError */
export function parseCommit(data: Buffer): Commit {
  const header = headerOf(data)
  const fields = /^tree ([0-9a-f]{40})\n((?:parent [0-9a-f]{40}\n)*)/.exec(header)
  if (fields?.[1] === undefined)
    throw new CorruptObjectError('a commit does not begin with its tree')
  const parents = (fields[2] ?? '').match(/[0-9a-f]{40}/g) ?? []
  const time = /^committer .*> (\d+)/m.exec(header)?.[1]
  return { tree: fields[1], parents, time: Number(time ?? 0) }
}

/**
 * The entries in the tree's own order. The names come from outside and are unchecked.
 *
 * @throws CorruptObjectError
 */
export function parseTree(data: Buffer): GitTreeEntry[] {
  const entries: GitTreeEntry[] = []
  let at = 0
  while (at < data.length) {
    const space = data.indexOf(0x20, at)
    const end = data.indexOf(0, space)
    if (space < 0 || end < 0 || end + 21 > data.length)
      throw new CorruptObjectError('a tree is cut short')
    const mode = data.toString('latin1', at, space)
    if (!/^[0-7]{1,17}$/.test(mode))
      throw new CorruptObjectError('a tree has an entry without a mode')
    const name = data.toString('latin1', space + 1, end)
    entries.push({
      mode: Number.parseInt(mode, 8),
      name,
      oid: data.toString('hex', end + 1, end + 21),
    })
    at = end + 21
  }
  return entries
}

/** @throws CorruptObjectError */
export function parseTag(data: Buffer): Tag {
  const fields = /^object ([0-9a-f]{40})\ntype (commit|tree|blob|tag)\ntag (.*)\n/.exec(
    headerOf(data),
  )
  if (fields?.[1] === undefined)
    throw new CorruptObjectError('a tag does not begin with its object')
  return { object: fields[1], type: fields[2] as ObjectType, tag: fields[3] ?? '' }
}

/** @throws MissingObjectError, CorruptObjectError */
export async function readCommit(store: ObjectStore, oid: Oid): Promise<Commit> {
  return parseCommit(await readTyped(store, oid, 'commit'))
}

/** @throws MissingObjectError, CorruptObjectError */
export async function readTree(store: ObjectStore, oid: Oid): Promise<GitTreeEntry[]> {
  return parseTree(await readTyped(store, oid, 'tree'))
}

/**
 * Follows annotated tags, nested ones too, to their object.
 *
 * @throws MissingObjectError, CorruptObjectError
 */
export async function peel(store: ObjectStore, oid: Oid): Promise<GitObject & { oid: Oid }> {
  const object = await store.read(oid)
  if (object.type !== 'tag') return { oid, ...object }
  return peel(store, parseTag(object.data).object)
}

/**
 * The commit that an object is or leads to; null if it does not lead to one, or something is
 * missing.
 */
export async function peelToCommit(store: ObjectStore, oid: Oid): Promise<Oid | null> {
  try {
    const { type, oid: end } = await peel(store, oid)
    return type === 'commit' ? end : null
  } catch (error) {
    if (error instanceof MissingObjectError) return null
    throw error
  }
}

async function readTyped(store: ObjectStore, oid: Oid, type: ObjectType): Promise<Buffer> {
  const object = await store.read(oid)
  if (object.type !== type)
    throw new CorruptObjectError(`${oid} is a ${object.type}, not a ${type}`)
  return object.data
}

/** Far more than the parents and signatures of any commit; a string has a limit, too. */
const longestHeader = 1 << 24

/**
 * Everything up to the empty line before the message, in latin1, because every field that wizard
 * reads is ASCII.
 */
function headerOf(data: Buffer): string {
  const end = data.indexOf('\n\n')
  return data.toString('latin1', 0, Math.min(end < 0 ? data.length : end + 1, longestHeader))
}

/** The author of a commit, as configured in git. */
export interface Author {
  name: string
  /** Never show it. */
  email: string
}

/** The text that people wrote in a commit. */
export interface CommitText {
  author: Author
  message: string
}

/**
 * Author and message of a commit, decoded from its declared encoding (UTF-8 if that is missing or
 * unknown).
 *
 * @see https://git-scm.com/docs/git-commit#_discussion
 */
export function parseCommitText(data: Buffer): CommitText {
  const end = data.indexOf('\n\n')
  const header = data.subarray(0, end < 0 ? data.length : end)
  const encoding = /^encoding (\S+)$/m.exec(header.toString('latin1'))?.[1]
  const decode = decoderFor(encoding)
  const author = /^author (.*?) ?<([^>\n]*)>/m.exec(decode(header))
  return {
    author: { name: author?.[1] ?? '', email: author?.[2] ?? '' },
    message: end < 0 ? '' : decode(data.subarray(end + 2)),
  }
}

function decoderFor(encoding: string | undefined): (bytes: Buffer) => string {
  if (encoding === undefined || /^utf-?8$/i.test(encoding)) return (bytes) => bytes.toString('utf8')
  try {
    const decoder = new TextDecoder(encoding)
    return (bytes) => decoder.decode(bytes)
  } catch {
    return (bytes) => bytes.toString('utf8')
  }
}

/** The file modes in trees and in the index. */
export const fileMode = {
  folder: 0o040000,
  regular: 0o100644,
  executable: 0o100755,
  symlink: 0o120000,
  gitlink: 0o160000,
} as const

/**
 * Early versions of git wrote other permissions. Only the type and the owner's executable bit
 * count.
 *
 * @returns null for another type than git has; git then reads a submodule, whose object nobody has
 */
export function canonicalMode(mode: number): number | null {
  // JavaScript's & would ignore the digits above 32 bits.
  if (mode > 0o177777) return null
  switch (mode & 0o170000) {
    case 0o100000:
      return mode & 0o100 ? fileMode.executable : fileMode.regular
    case fileMode.folder:
    case fileMode.symlink:
    case fileMode.gitlink:
      return mode & 0o170000
    default:
      return null
  }
}

/** @returns null if the commit is not in the repository */
export async function readCommitOrNull(store: ObjectStore, oid: Oid): Promise<Commit | null> {
  try {
    return await readCommit(store, oid)
  } catch (error) {
    if (error instanceof MissingObjectError) return null
    throw error
  }
}
