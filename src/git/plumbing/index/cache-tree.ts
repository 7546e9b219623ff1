import type { BytePath } from '../byte-path.js'
import type { Oid } from '../objects/object.js'

/**
 * A folder of the index whose entries are known to equal a tree (extension `TREE`). Neither has to
 * be read to know that nothing is staged there.
 *
 * @see https://git-scm.com/docs/index-format#_cache_tree
 */
export interface CacheTree {
  /** The number of index entries below it; -1 if its tree is unknown. */
  count: number
  /** '' if its tree is unknown. */
  oid: Oid
  /** By name. */
  folders: Map<BytePath, CacheTree>
}

/** @returns null if the bytes are not a cache tree: git does without it then, too */
export function parseCacheTree(data: Buffer): CacheTree | null {
  const root = readNode(data, 0)
  return root !== null && root.name === '' && root.end === data.length ? root.node : null
}

interface ReadNode {
  name: BytePath
  node: CacheTree
  end: number
}

function readNode(data: Buffer, start: number): ReadNode | null {
  const nameEnd = data.indexOf(0, start)
  const lineEnd = data.indexOf(0x0a, nameEnd)
  if (nameEnd < 0 || lineEnd < 0) return null
  const numbers = /^(-?\d+) (\d+)$/.exec(data.toString('latin1', nameEnd + 1, lineEnd))
  if (numbers === null) return null
  const count = Number(numbers[1])
  let end = lineEnd + 1
  const node: CacheTree = { count, oid: '', folders: new Map() }
  if (count >= 0) {
    if (end + 20 > data.length) return null
    node.oid = data.toString('hex', end, end + 20)
    end += 20
  }
  for (let left = Number(numbers[2]); left > 0; left--) {
    const child = readNode(data, end)
    if (child === null) return null
    node.folders.set(child.name, child.node)
    end = child.end
  }
  return { name: data.toString('latin1', start, nameEnd), node, end }
}

export function formatCacheTree(root: CacheTree): Buffer {
  const parts: Buffer[] = []
  writeNode(parts, '', root)
  return Buffer.concat(parts)
}

function writeNode(parts: Buffer[], name: BytePath, node: CacheTree): void {
  parts.push(Buffer.from(`${name}\0${node.count} ${node.folders.size}\n`, 'latin1'))
  if (node.count >= 0) parts.push(Buffer.from(node.oid, 'hex'))
  // git sorts names by length first.
  const children = [...node.folders].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1))
  for (const [child, folder] of children) writeNode(parts, child, folder)
}

/** The entry at `path` changes, so the trees of all folders above it become unknown. */
export function invalidate(root: CacheTree, path: BytePath): void {
  let node: CacheTree | undefined = root
  const names = path.split('/')
  const last = names.pop() ?? ''
  for (const name of names) {
    forget(node)
    node = node.folders.get(name)
    if (node === undefined) return
  }
  forget(node)
  // A folder may have become a file, or the other way round.
  node.folders.delete(last)
}

function forget(node: CacheTree): void {
  node.count = -1
  node.oid = ''
}
