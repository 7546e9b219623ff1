import { PathError } from '../../../base/errors.js'
import { CorruptObjectError } from '../../errors.js'
import { type BytePath, joinBytes, showPath } from '../byte-path.js'
import type { Oid } from './object.js'
import { fileMode, type GitTreeEntry, readTree } from './parse.js'
import type { ObjectStore } from './store.js'

/** What a tree names that is no folder: a file, a symlink or a submodule. */
export interface Leaf {
  mode: number
  oid: Oid
}

/**
 * A tree's entries, each known to be safe to write into a folder, with git's own five modes.
 *
 * @param folder where the tree stands, for the message
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

/** Early versions of git wrote other permissions; the type is what counts, and whether its owner may run it. */
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

/** Most names: nothing in them that any file system takes for something else. */
const plain = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/

/** Code points that HFS+ leaves out when it compares names, as the bytes of their UTF-8. */
const hfsIgnorable = /\xe2\x80[\x8c-\x8f\xaa-\xae]|\xe2\x81[\xaa-\xaf]|\xef\xbb\xbf/g

/** NTFS drops dots and spaces at the end, and takes `name:stream` for the same file. */
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
 * Why git would refuse to check out an entry of this name, on any system: a repository that is harmless here
 * must not become a trap where it is copied to.
 *
 * @see https://git-scm.com/docs/git-config (core.protectHFS, core.protectNTFS), CVE-2014-9390, CVE-2019-1352
 * @returns null where it is safe
 */
export function unsafeName(name: BytePath, mode: number): string | null {
  if (plain.test(name)) return null
  if (name === '') return 'its name is empty'
  if (name === '.' || name === '..') return 'it leaves its folder'
  if (name.includes('/')) return 'its name holds a slash'
  const onHfs = name.replace(hfsIgnorable, '').toLowerCase()
  // Windows takes a backslash for a slash.
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
