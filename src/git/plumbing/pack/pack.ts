import { CorruptObjectError } from '../../errors.js'
import { applyDelta } from '../objects/delta.js'
import type { GitObject, LargeBlob, Oid } from '../objects/object.js'
import { ObjectCache } from '../objects/object-cache.js'
import { type DeltaEntry, isDelta, PackFile } from './pack-file.js'
import { PackIndex } from './pack-index.js'

const cacheLimit = 16 * 1024 * 1024

/**
 * A pack and its index, read by position. Both stay open, because a repack by another process may
 * remove the files while they are in use.
 */
export class Pack {
  readonly #file: PackFile
  readonly #index: PackIndex
  readonly #cache: ObjectCache

  /**
   * @param path of the `.pack`; its `.idx` is beside it
   * @param cache its objects that are already unpacked
   */
  constructor(path: string, cache = new ObjectCache(cacheLimit)) {
    this.#cache = cache
    this.#index = new PackIndex(path.replace(/\.pack$/, '.idx'))
    try {
      this.#file = new PackFile(path)
    } catch (error) {
      this.#index.close()
      throw error
    }
  }

  has(oid: Oid): boolean {
    return this.#index.find(oid) !== null
  }

  /** @returns null if the pack does not hold the object */
  read(oid: Oid): GitObject | null {
    const offset = this.#index.find(oid)
    return offset === null ? null : this.#readAt(offset)
  }

  /** Like `read`, but a large blob comes in pieces. */
  open(oid: Oid): GitObject | LargeBlob | null {
    const offset = this.#index.find(oid)
    if (offset === null) return null
    const isHeld = this.#cache.get(offset) !== undefined
    return (isHeld ? null : this.#file.large(offset)) ?? this.#readAt(offset)
  }

  close(): void {
    this.#index.close()
    this.#file.close()
  }

  /**
   * Follows the chain of deltas down to a whole or cached object, then applies the deltas one by
   * one.
   */
  #readAt(offset: number): GitObject {
    const deltas = new Map<number, Buffer>()
    let at = offset
    let object = this.#cache.get(at)
    while (object === undefined) {
      const { entry, data } = this.#file.read(at)
      if (isDelta(entry)) {
        deltas.set(at, data)
        at = this.#baseOf(entry, at)
        if (deltas.has(at)) throw new CorruptObjectError(`${this.#file.name(at)} is its own base`)
        object = this.#cache.get(at)
      } else {
        object = { type: entry.type, data }
        if (deltas.size > 0) this.#cache.set(at, object)
      }
    }
    for (const [place, delta] of [...deltas].reverse()) {
      object = { type: object.type, data: applyDelta(object.data, delta, this.#file.name(place)) }
      this.#cache.set(place, object)
    }
    return object
  }

  #baseOf(entry: DeltaEntry, at: number): number {
    const base = entry.type === 'ofs-delta' ? at - entry.distance : this.#index.find(entry.base)
    if (base === null || base <= 0) {
      throw new CorruptObjectError(
        `${this.#file.name(at)}: the base of its delta is not in the pack`,
      )
    }
    return base
  }
}
