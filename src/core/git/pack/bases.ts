import { BaseCache } from '../objects/base-cache.js'
import { applyDelta } from '../objects/delta.js'
import type { PackFile } from '../objects/pack-file.js'
import type { EntryTable } from './entry-table.js'

/** Bytes of objects kept at hand as bases of deltas to come. */
const cacheLimit = 48 * 1024 * 1024

/** The objects of a pack that is being indexed, by their place: those that have their id already. */
export class Bases {
  readonly #file: PackFile
  readonly #table: EntryTable
  readonly #cache = new BaseCache<Buffer>(cacheLimit, (data) => data.length)

  constructor(file: PackFile, table: EntryTable) {
    this.#file = file
    this.#table = table
  }

  keep(place: number, data: Buffer): void {
    this.#cache.set(place, data)
  }

  /** What a delta makes of its base. @throws CorruptObjectError */
  apply(place: number, base: number, delta: Buffer): Buffer {
    return applyDelta(this.#read(base), delta, this.#nameOf(place))
  }

  /** From the cache, or along its chain of deltas from the pack. */
  #read(place: number): Buffer {
    const deltas: { place: number; delta: Buffer }[] = []
    let at = place
    let data = this.#cache.get(at)
    while (data === undefined) {
      const read = this.#file.read(this.#table.offsetOf(at))
      const base = this.#table.baseOf(at)
      if (base === null) data = read.data
      else {
        deltas.push({ place: at, delta: read.data })
        at = base
        data = this.#cache.get(at)
      }
    }
    for (const step of deltas.reverse()) {
      data = applyDelta(data, step.delta, this.#nameOf(step.place))
      this.#cache.set(step.place, data)
    }
    return data
  }

  #nameOf(place: number): string {
    return this.#file.name(this.#table.offsetOf(place))
  }
}
