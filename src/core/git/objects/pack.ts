import { closeSync, openSync, readSync } from 'node:fs'
import type { GitObject, Oid } from '../types.js'
import { BaseCache } from './base-cache.js'
import { applyDelta } from './delta.js'
import { CorruptObjectError } from './errors.js'
import { inflateExactly, mostDeflated } from './inflate.js'
import { mostHeader, type PackEntry, readPackEntry } from './pack-entry.js'
import { PackIndex } from './pack-index.js'

/** Bytes read for an entry at first: most are whole within it. */
const firstRead = 4096
const cacheLimit = 16 * 1024 * 1024

/**
 * A pack and its index, read by position. Both stay open, so that a repack by another process, which removes
 * them, does not pull them from under a reader.
 */
export class Pack {
  readonly #path: string
  readonly #index: PackIndex
  readonly #cache = new BaseCache(cacheLimit)
  readonly #first = Buffer.allocUnsafe(firstRead)
  readonly #fd: number

  /** @param path of the `.pack`, whose `.idx` is beside it */
  constructor(path: string) {
    this.#path = path
    this.#index = new PackIndex(path.replace(/\.pack$/, '.idx'))
    try {
      this.#fd = openSync(path, 'r')
    } catch (error) {
      this.#index.close()
      throw error
    }
  }

  has(oid: Oid): boolean {
    return this.#index.find(oid) !== null
  }

  /** @returns null where the pack does not hold the object */
  read(oid: Oid): GitObject | null {
    const offset = this.#index.find(oid)
    return offset === null ? null : this.#readAt(offset)
  }

  close(): void {
    this.#index.close()
    closeSync(this.#fd)
  }

  /** Down the chain to an object that is whole or still in memory, then up again, a delta at a time. */
  #readAt(offset: number): GitObject {
    const deltas: { offset: number; data: Buffer }[] = []
    const seen = new Set<number>()
    let at = offset
    let object = this.#cache.get(at)
    while (object === undefined) {
      const { entry, data } = this.#readEntry(at)
      if (entry.type === 'ofs-delta' || entry.type === 'ref-delta') {
        deltas.push({ offset: at, data })
        seen.add(at)
        at = this.#baseOf(entry, at)
        if (seen.has(at)) throw new CorruptObjectError(`${this.#path}: a delta is its own base`)
        object = this.#cache.get(at)
      } else {
        object = { type: entry.type, data }
        if (deltas.length > 0) this.#cache.set(at, object)
      }
    }
    for (let delta = deltas.pop(); delta !== undefined; delta = deltas.pop()) {
      const data = applyDelta(object.data, delta.data, this.#name(delta.offset))
      object = { type: object.type, data }
      this.#cache.set(delta.offset, object)
    }
    return object
  }

  #baseOf(entry: PackEntry, at: number): number {
    const base = entry.type === 'ofs-delta' ? at - entry.distance : this.#index.find(entry.base)
    if (base === null || base <= 0 || base === at) {
      throw new CorruptObjectError(`${this.#name(at)}: the base of its delta is not in the pack`)
    }
    return base
  }

  #readEntry(at: number): { entry: PackEntry; data: Buffer } {
    const length = this.#fill(this.#first, at)
    const entry = readPackEntry(this.#first.subarray(0, length), 0)
    if (entry === null) throw new CorruptObjectError(`${this.#name(at)} is no object`)
    const most = entry.headerLength + mostDeflated(entry.size)
    let bytes = this.#first.subarray(0, length)
    if (most > length && length === firstRead) {
      const whole = Buffer.allocUnsafe(most)
      bytes = whole.subarray(0, this.#fill(whole, at))
    }
    const data = inflateExactly(bytes.subarray(entry.headerLength), entry.size, this.#name(at))
    return { entry, data }
  }

  /** @returns how many bytes there were: fewer than asked for at the end of the pack */
  #fill(bytes: Buffer, at: number): number {
    const length = readSync(this.#fd, bytes, 0, bytes.length, at)
    if (length < Math.min(bytes.length, mostHeader)) {
      throw new CorruptObjectError(`${this.#path} is cut short`)
    }
    return length
  }

  #name(at: number): string {
    return `${this.#path}: the object at byte ${at}`
  }
}
