import { CorruptObjectError } from '../../errors.js'
import { applyDelta } from '../objects/delta.js'
import type { GitObject } from '../objects/object.js'
import { ObjectCache } from '../objects/object-cache.js'
import type { EntryTable } from './entry-table.js'
import { isDelta } from './read/pack-entry.js'
import type { PackFile } from './read/pack-file.js'

/** Bytes of objects kept at hand as bases of deltas to come. */
const cacheLimit = 48 * 1024 * 1024

/** The objects of a pack that is being indexed, by their place: those that have their id already. */
export class Bases {
  readonly #file: PackFile
  readonly #table: EntryTable
  readonly cache = new ObjectCache(cacheLimit)

  constructor(file: PackFile, table: EntryTable) {
    this.#file = file
    this.#table = table
  }

  keep(place: number, object: GitObject): void {
    this.cache.set(this.#table.offsetOf(place), object)
  }

  /** What a delta makes of its base. @throws CorruptObjectError */
  apply(place: number, base: number, delta: Buffer): GitObject {
    const { type, data } = this.#read(base)
    return { type, data: applyDelta(data, delta, this.#nameOf(place)) }
  }

  /** From the cache, or along its chain of deltas from the pack. */
  #read(place: number): GitObject {
    const deltas: { place: number; delta: Buffer }[] = []
    let at = place
    let object = this.cache.get(this.#table.offsetOf(at))
    while (object === undefined) {
      const { entry, data } = this.#file.read(this.#table.offsetOf(at))
      const base = this.#table.baseOf(at)
      if (base !== null) {
        deltas.push({ place: at, delta: data })
        at = base
        object = this.cache.get(this.#table.offsetOf(at))
      } else if (!isDelta(entry)) object = { type: entry.type, data }
      else throw new CorruptObjectError(`${this.#nameOf(at)} is a delta without a base`)
    }
    for (const step of deltas.reverse()) {
      const data = applyDelta(object.data, step.delta, this.#nameOf(step.place))
      object = { type: object.type, data }
      this.keep(step.place, object)
    }
    return object
  }

  #nameOf(place: number): string {
    return this.#file.name(this.#table.offsetOf(place))
  }
}
