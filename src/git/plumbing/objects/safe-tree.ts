import { PathError } from '../../../base/errors.js'
import { asHfsReads, isNtfsNameOf, isTakenForGit } from '../../../base/names/git-folder.js'
import { CorruptObjectError } from '../../errors.js'
import { type BytePath, joinBytes, showPath } from '../byte-path.js'
import type { Oid } from './object.js'
import { canonicalMode, fileMode, type GitTreeEntry, readTree } from './parse.js'
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
    entry.mode =
      canonicalMode(entry.mode) ?? refuseEntry(path, `its mode is ${entry.mode.toString(8)}`)
    const why = unsafeName(entry.name, entry.mode)
    if (why !== null) refuseEntry(path, why)
    if (names.has(entry.name)) refuseEntry(path, 'it appears twice')
    names.add(entry.name)
    // git sorts a folder as if its name ended in a slash.
    const key = entry.mode === fileMode.folder ? `${entry.name}/` : entry.name
    if (key < last) throw new CorruptObjectError(`tree ${oid} is not sorted`)
    last = key
  }
  return entries
}

/** @throws PathError always */
export function refuseEntry(path: BytePath, why: string): never {
  throw new PathError(`unsafe tree entry ${quoted(path)}: ${why}`, {
    hint: 'nothing of this commit was written; report it to the owner of the repository',
  })
}

const quoted = (path: BytePath) => {
  const shown = showPath(path)
  return shown.startsWith('"') ? shown : `"${shown}"`
}

/** Matches most names: no file system gives them a special meaning. */
const plain = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/

/** The short names (8.3) that Windows may give `.gitmodules`: gitmod~1 to ~4, then hashed ones. */
const ntfsGitmodules = `\\.gitmodules|gitmod~[1-4]|${hashedShortNames('gi7eba')}`

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
  if (name.includes('/')) return 'its name contains a slash'
  const text = Buffer.from(name, 'latin1').toString('utf8')
  if (isTakenForGit(text)) return 'some file systems treat it as .git'
  if (mode !== fileMode.symlink) return null
  if (asHfsReads(text) === '.gitmodules' || isNtfsNameOf(ntfsGitmodules, text)) {
    return 'it is a symlink that some file systems treat as .gitmodules'
  }
  return null
}
