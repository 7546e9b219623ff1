import { PathError } from '../../../base/errors.js'
import { CorruptObjectError } from '../../errors.js'
import { type BytePath, joinBytes, showPath } from '../byte-path.js'
import type { Oid } from './object.js'
import { fileMode, type GitTreeEntry, readTree } from './parse.js'
import type { ObjectStore } from './store.js'

/** A tree entry that is not a folder: a file, a symlink or a submodule. */
export interface Leaf {
  mode: number
  oid: Oid
}

/**
 * Reads a tree whose entries are all safe to write into a folder, and normalises their modes to
 * git's five.
 *
 * @param folder the tree's path, for the message
 * @throws PathError naming an unsafe or repeated entry; MissingObjectError, CorruptObjectError
 */
export async function readSafeTree(
  store: ObjectStore,
  oid: Oid,
  folder: BytePath,
): Promise<GitTreeEntry[]> {
  const names = new Set<BytePath>()
  let last = ''
  const entries = await readTree(store, oid)
  for (const entry of entries) {
    const path = joinBytes(folder, entry.name)
    entry.mode = canonicalMode(entry.mode) ?? refuse(path, `its mode is ${entry.mode.toString(8)}`)
    const why = unsafeName(entry.name, entry.mode)
    if (why !== null) refuse(path, why)
    if (names.has(entry.name)) refuse(path, 'it is there twice')
    names.add(entry.name)
    // git sorts a folder as if its name ended in a slash.
    const key = entry.mode === fileMode.folder ? `${entry.name}/` : entry.name
    if (key < last) throw new CorruptObjectError(`tree ${oid} is not sorted`)
    last = key
  }
  return entries
}

function refuse(path: BytePath, why: string): never {
  throw new PathError(`unsafe tree entry ${quoted(path)}: ${why}`, {
    hint: 'nothing of this commit was written; tell the owner of the repository',
  })
}

const quoted = (path: BytePath) => {
  const shown = showPath(path)
  return shown.startsWith('"') ? shown : `"${shown}"`
}

/**
 * Early versions of git wrote other permissions. Only the type and the owner's executable bit
 * count.
 */
function canonicalMode(mode: number): number | null {
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

/** Matches most names: no file system gives them a special meaning. */
const plain = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/

/** Code points that HFS+ ignores when it compares names, as UTF-8 bytes. */
const hfsIgnorable = /\xe2\x80[\x8c-\x8f\xaa-\xae]|\xe2\x81[\xaa-\xaf]|\xef\xbb\xbf/g

/** NTFS drops dots and spaces at the end, and reads `name:stream` as the same file. */
const ntfsEnd = '[. ]*(?:$|:)'
const ntfsGit = new RegExp(`^(?:\\.git|git~1)${ntfsEnd}`, 'i')

/** The short names (8.3) that Windows may give `.gitmodules`: gitmod~1 to ~4, then hashed ones. */
const ntfsGitmodules = new RegExp(
  `^(?:\\.gitmodules|gitmod~[1-4]|${hashedShortNames('gi7eba')})${ntfsEnd}`,
  'i',
)

function hashedShortNames(prefix: string): string {
  const names = [6, 5, 4, 3, 2, 1, 0].map(
    (kept) => `${prefix.slice(0, kept)}~[1-9][0-9]{${6 - kept}}`,
  )
  return names.join('|')
}

/**
 * The reason why git would refuse to check out an entry of this name on some system: a repository
 * that is harmless here must not be a trap on another machine.
 *
 * @see https://git-scm.com/docs/git-config (core.protectHFS, core.protectNTFS), CVE-2014-9390,
 *   CVE-2019-1352
 * @returns null if it is safe
 */
export function unsafeName(name: BytePath, mode: number): string | null {
  if (plain.test(name)) return null
  if (name === '') return 'its name is empty'
  if (name === '.' || name === '..') return 'it leaves its folder'
  if (name.includes('/')) return 'its name holds a slash'
  const onHfs = name.replace(hfsIgnorable, '').toLowerCase()
  // Windows reads a backslash as a slash.
  const parts = name.split('\\')
  if (onHfs === '.git' || parts.some((part) => ntfsGit.test(part))) {
    return 'some file system takes it for .git'
  }
  if (mode !== fileMode.symlink) return null
  if (onHfs === '.gitmodules' || parts.some((part) => ntfsGitmodules.test(part))) {
    return 'it is a symlink that some file system takes for .gitmodules'
  }
  return null
}
