import { PathError } from '../../../base/errors.js'
import { CorruptObjectError } from '../../errors.js'
import { type BytePath, joinBytes, showPath } from '../byte-path.js'
import type { Oid } from '../objects/object.js'
import { fileMode, readTree, type TreeEntry } from '../objects/parse.js'
import type { ObjectStore } from '../objects/store.js'
import { unsafeName } from './safe-name.js'

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
): Promise<TreeEntry[]> {
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
