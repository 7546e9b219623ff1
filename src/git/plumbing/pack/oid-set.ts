import { CorruptObjectError } from '../../errors.js'
import type { ObjectType, Oid } from '../objects/object.js'
import { canonicalMode, fileMode, parseCommit, parseTag } from '../objects/parse.js'

/** Each slot has five words for the id and one for its flags. */
const words = 6
const leastSlots = 1024

/** Flag: the pack holds the object. */
const present = 1
/** Flag: an object of the pack names it. */
const named = 2

/**
 * The ids of a pack's objects, and the ids that these name, so that missing ones can be found. One
 * block of memory, some 50 bytes per object, because packs hold millions.
 */
export class OidSet {
  #slots: number
  #table: Uint32Array
  #count = 0

  /** @param expected how many ids are likely */
  constructor(expected = 0) {
    this.#slots = 2 ** Math.ceil(Math.log2(Math.max(leastSlots, expected * 2 + 1)))
    this.#table = new Uint32Array(this.#slots * words)
  }

  addPresent(id: Buffer, at: number): void {
    this.#add(id, at, present)
  }

  addNamed(id: Buffer, at: number): void {
    this.#add(id, at, named)
  }

  has(id: Buffer): boolean {
    const table = this.#table
    return (at(table, this.#find(id, 0) + 5) & present) !== 0
  }

  /** The ids that are named but not present. */
  *missing(): Generator<string> {
    const table = this.#table
    for (let slot = 0; slot < table.length; slot += words) {
      if (at(table, slot + 5) !== named) continue
      const id = Buffer.allocUnsafe(20)
      for (let word = 0; word < 5; word++) id.writeUInt32BE(at(table, slot + word), word * 4)
      yield id.toString('hex')
    }
  }

  #add(id: Buffer, from: number, flag: number): void {
    const slot = this.#find(id, from)
    const table = this.#table
    const known = at(table, slot + 5)
    table[slot + 5] = known | flag
    if (known !== 0) return
    for (let word = 0; word < 5; word++) table[slot + word] = wordOf(id, from + word * 4)
    this.#count++
    if (this.#count * 2 > this.#slots) this.#grow()
  }

  /** The id's slot, or the free slot where it belongs. */
  #find(id: Buffer, from: number): number {
    const table = this.#table
    const a = wordOf(id, from)
    const b = wordOf(id, from + 4)
    const c = wordOf(id, from + 8)
    const d = wordOf(id, from + 12)
    const e = wordOf(id, from + 16)
    let slot = (a & (this.#slots - 1)) * words
    while (
      at(table, slot + 5) !== 0 &&
      (at(table, slot) !== a ||
        at(table, slot + 1) !== b ||
        at(table, slot + 2) !== c ||
        at(table, slot + 3) !== d ||
        at(table, slot + 4) !== e)
    ) {
      slot += words
      if (slot === table.length) slot = 0
    }
    return slot
  }

  #grow(): void {
    const old = this.#table
    this.#slots *= 4
    this.#table = new Uint32Array(this.#slots * words)
    for (let from = 0; from < old.length; from += words) {
      if (at(old, from + 5) === 0) continue
      let slot = (at(old, from) & (this.#slots - 1)) * words
      while (at(this.#table, slot + 5) !== 0) {
        slot += words
        if (slot === this.#table.length) slot = 0
      }
      this.#table.set(old.subarray(from, from + words), slot)
    }
  }
}

const at = (table: Uint32Array, index: number) => table[index] ?? 0

/** Big-endian; quicker than readUInt32BE, whose checks are not needed here. */
const wordOf = (bytes: Buffer, index: number) =>
  (((bytes[index] ?? 0) << 24) |
    ((bytes[index + 1] ?? 0) << 16) |
    ((bytes[index + 2] ?? 0) << 8) |
    (bytes[index + 3] ?? 0)) >>>
  0

/**
 * Adds the objects that an object names: a commit's tree and parents, a tree's entries except
 * submodules, a tag's object. A shallow commit's parents do not count, because history ends there.
 *
 * @throws CorruptObjectError
 */
export function noteLinks(
  named: OidSet,
  type: ObjectType,
  data: Buffer,
  isShallow: () => boolean,
): void {
  if (type === 'tree') noteTree(named, data)
  else if (type === 'commit') {
    const { tree, parents } = parseCommit(data)
    noteAll(named, [tree])
    if (parents.length > 0 && !isShallow()) noteAll(named, parents)
  } else if (type === 'tag') noteAll(named, [parseTag(data).object])
}

function noteAll(named: OidSet, oids: Oid[]): void {
  for (const oid of oids) named.addNamed(Buffer.from(oid, 'hex'), 0)
}

const [zero, one, two, four, space] = [0x30, 0x31, 0x32, 0x34, 0x20]

/** Whether an entry is of a file, a symlink or a folder; git takes any other one for a submodule. */
function namesObject(data: Buffer, at: number): boolean {
  const [first, second] = [data[at], data[at + 1]]
  if (first === one && (second === zero || second === two) && data[at + 6] === space) return true
  if (first === four && second === zero && data[at + 5] === space) return true
  const mode = data.toString('latin1', at, data.indexOf(space, at))
  const type = canonicalMode(Number.parseInt(mode, 8))
  return type !== null && type !== fileMode.gitlink
}

/** Does not use parseTree: the trees of a history hold millions of entries. */
function noteTree(named: OidSet, data: Buffer): void {
  let at = 0
  while (at < data.length) {
    let end = at
    while (end < data.length && data[end] !== 0) end++
    if (end + 21 > data.length) throw new CorruptObjectError('a tree of the pack is cut short')
    if (namesObject(data, at)) named.addNamed(data, end + 1)
    at = end + 21
  }
}
