import { PathError } from '../base/errors.js'
import { checkCount, type Limits } from './limits.js'
import { folded, quoted, safeParts } from './names.js'

/** A member of an archive of any kind. */
export interface Member {
  /** Unchecked: whoever made the archive chose it. */
  name: string
  isFolder: boolean
  isExecutable: boolean
  /** Unpacked bytes; 0 for a folder. */
  size: number
}

/** What unpacking an archive will create; every name is checked. */
export interface UnpackPlan<M extends Member = Member> {
  /** Parents first, relative, with `/`. */
  folders: string[]
  /** In the archive's order. */
  files: PlannedFile<M>[]
  /** Bytes of all files. */
  size: number
}

export interface PlannedFile<M extends Member = Member> {
  path: string
  entry: M
}

/**
 * Plans without I/O. Two names that some file system treats as one are refused, so that nothing is
 * overwritten.
 *
 * @param rename the name under which a file or folder is unpacked
 * @throws PathError, which names the entry; also for more files and folders than the limit: an entry
 *   may name many folders that have no entry of their own
 */
export function planUnpack<M extends Member>(
  entries: M[],
  { label, limits, rename = (name) => name }: PlanOptions,
): UnpackPlan<M> {
  const tree = new Tree(label, rename)
  const files: PlannedFile<M>[] = []
  let size = 0
  for (const entry of entries) {
    const path = tree.add(entry)
    if (!entry.isFolder) files.push({ path, entry })
    size += entry.size
    checkCount(tree.folders.length + files.length, limits, label)
  }
  return { folders: tree.folders, files, size }
}

interface PlanOptions {
  /** The archive's name in messages. */
  label: string
  limits: Limits
  rename?: ((name: string) => string) | undefined
}

/** Nested folders. Real archives have far fewer, and the system walks each path from its top. */
const deepest = 200

interface Node {
  path: string
  isFolder: boolean
}

class Tree {
  readonly folders: string[] = []
  readonly #label: string
  readonly #rename: (name: string) => string
  /** By the name that the least precise file system keeps. */
  readonly #nodes = new Map<string, Node>()
  readonly #folders = new Set<string>()

  constructor(label: string, rename: (name: string) => string) {
    this.#label = label
    this.#rename = rename
  }

  /** @returns its path */
  add({ name, isFolder }: Member): string {
    const safe = safeParts(name)
    if ('fault' in safe) throw this.#refusal(name, safe.fault)
    if (safe.parts.length - (isFolder ? 0 : 1) > deepest) {
      throw this.#refusal(name, `it is nested in more than ${deepest} folders`)
    }
    const parts = safe.parts.map(this.#rename)
    if (parts.length === 0 && !isFolder) throw this.#refusal(name, 'its name is empty')
    if (isFolder) return this.#addFolder(parts, name)
    const path = parts.join('/')
    this.#addFolder(parts.slice(0, -1), name)
    const other = this.#nodes.get(folded(path))
    if (other !== undefined) throw this.#collision(name, path, other)
    this.#nodes.set(folded(path), { path, isFolder })
    return path
  }

  /** Adds a folder and its parents. */
  #addFolder(parts: string[], name: string): string {
    const path = parts.join('/')
    if (path === '' || this.#folders.has(path)) return path
    this.#addFolder(parts.slice(0, -1), name)
    const other = this.#nodes.get(folded(path))
    if (other !== undefined) throw this.#collision(name, path, other)
    this.#nodes.set(folded(path), { path, isFolder: true })
    this.#folders.add(path)
    this.folders.push(path)
    return path
  }

  #collision(name: string, path: string, other: Node): PathError {
    if (path !== other.path) {
      return this.#refusal(name, `some file systems treat it as ${quoted(other.path)}`)
    }
    const fault = other.isFolder ? 'it is also a folder' : 'it appears twice'
    return this.#refusal(name, fault)
  }

  #refusal(name: string, fault: string): PathError {
    return new PathError(`${this.#label}: ${quoted(name)} is refused: ${fault}`)
  }
}
