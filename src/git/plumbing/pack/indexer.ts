import { Pacer } from '../../../base/async/pacer.js'
import { CorruptObjectError } from '../../errors.js'
import { applyDelta } from '../objects/delta.js'
import { type GitObject, hashObject, type ObjectType, type Oid } from '../objects/object.js'
import { ObjectCache } from '../objects/object-cache.js'
import { EntryTable, Waiting } from './entry-table.js'
import { noteLinks, OidSet } from './oid-set.js'
import { type DeltaEntry, isDelta, type PackFile } from './pack-file.js'
import { PackScanner, type Scanned } from './scanner.js'

export interface IndexRequest {
  file: PackFile
  count: number
  /** Where the objects end and the pack's checksum begins. */
  end: number
  /** Commits at which history ends; their parents may be missing. */
  shallow: Set<Oid>
  signal?: AbortSignal | undefined
  onProgress?: (done: number) => void
}

export interface IndexedPack {
  table: EntryTable
  /** The ids that the pack holds, and those that its objects name. */
  ids: OidSet
  /** Objects that are already unpacked. */
  objects: ObjectCache
  /** Bytes of the largest object or delta, unpacked. */
  largest: number
}

/**
 * Finds the id of every object of a whole pack. One pass is enough if bases come before their
 * deltas, as in git's own packs; a delta whose base comes later waits for it. Memory is bounded by
 * the cache plus some 100 bytes per object.
 *
 * @throws CorruptObjectError
 */
export async function indexPack(request: IndexRequest): Promise<IndexedPack> {
  const indexer = new Indexer(request)
  await indexer.run()
  return indexer
}

class Indexer implements IndexedPack {
  readonly table: EntryTable
  readonly ids: OidSet
  largest = 0
  readonly #request: IndexRequest
  readonly #scanner: PackScanner
  readonly #bases: Bases
  readonly #waiting = new Waiting()
  /** Places by id, built when the first delta names its base by id. */
  #places: Map<Oid, number> | null = null

  constructor(request: IndexRequest) {
    this.#request = request
    this.table = new EntryTable(request.count)
    this.ids = new OidSet(request.count)
    this.#bases = new Bases(request.file, this.table)
    this.#scanner = new PackScanner(request.file, request.end)
  }

  get objects(): ObjectCache {
    return this.#bases.cache
  }

  async run(): Promise<void> {
    const { count, end, onProgress, signal } = this.#request
    let at = 12
    const pacer = new Pacer(signal)
    for (let place = 0; place < count; place++) {
      if (at >= end) throw this.#corrupt(`ends after ${place} of ${count} objects`)
      const taken = this.#take(place, at)
      at += typeof taken === 'number' ? taken : await taken
      if (!pacer.isDue) continue
      onProgress?.(place)
      await pacer.rest()
    }
    if (at !== end) throw this.#corrupt(`contains more than its ${count} objects`)
    const lost = count - this.table.settled
    if (lost > 0) throw this.#corrupt(`lacks the base of ${lost} of its deltas`)
    onProgress?.(count)
  }

  /**
   * @returns the entry's length in bytes; a promise only for a large one, because a promise takes
   *   longer than a small entry
   */
  #take(place: number, at: number): number | Promise<number> {
    const scanned = this.#scanner.scan(at)
    const note = (found: Scanned) => this.#note(place, at, found)
    return scanned instanceof Promise ? scanned.then(note) : note(scanned)
  }

  #note(place: number, at: number, scanned: Scanned): number {
    this.table.offsets[place] = at
    this.table.crcs[place] = scanned.crc
    const { entry } = scanned
    this.largest = Math.max(this.largest, entry.size)
    if ('oid' in scanned) this.#settleAll(this.#settle(place, scanned.entry.type, scanned.oid))
    else if (isDelta(entry)) this.#takeDelta(place, entry, scanned.data)
    else this.#settleAll(this.#settleData(place, { type: entry.type, data: scanned.data }))
    return scanned.length
  }

  #takeDelta(place: number, entry: DeltaEntry, delta: Buffer): void {
    const base = this.#baseOf(place, entry)
    if (typeof base === 'number' && this.table.typeOf(base) !== null) {
      this.table.setBase(place, base)
      this.#settleAll(this.#settleData(place, this.#bases.apply(place, base, delta)))
      return
    }
    this.#waiting.add(base, place)
  }

  /** The base's place, or its id if no object has that id yet. */
  #baseOf(place: number, entry: DeltaEntry): number | Oid {
    if (entry.type === 'ref-delta') {
      this.#places ??= this.#placesById()
      return this.#places.get(entry.base) ?? entry.base
    }
    const base = this.table.placeAt(this.table.offsetOf(place) - entry.distance, place)
    if (base === null)
      throw new CorruptObjectError(`${this.#name(place)}: its base is not an object`)
    return base
  }

  #placesById(): Map<Oid, number> {
    const places = new Map<Oid, number>()
    for (let place = 0; place < this.table.count; place++) {
      if (this.table.typeOf(place) !== null) {
        places.set(this.table.idOf(place).toString('hex'), place)
      }
    }
    return places
  }

  /** Settles the deltas that waited for a base, then those that waited for them. */
  #settleAll(waited: number[]): void {
    for (let place = waited.pop(); place !== undefined; place = waited.pop()) {
      const base = this.table.baseOf(place)
      if (base === null) throw this.#corrupt('has a delta without a base')
      const { data } = this.#request.file.read(this.table.offsetOf(place))
      const next = this.#settleData(place, this.#bases.apply(place, base, data))
      for (const child of next) waited.push(child)
    }
  }

  #settleData(place: number, object: GitObject): number[] {
    const { type, data } = object
    this.largest = Math.max(this.largest, data.length)
    const oid = hashObject(type, data)
    const { shallow } = this.#request
    noteLinks(this.ids, type, data, () => shallow.has(oid))
    this.#bases.keep(place, object)
    return this.#settle(place, type, oid)
  }

  /** @returns the deltas that waited for it */
  #settle(place: number, type: ObjectType, oid: Oid): number[] {
    this.table.settle(place, type, oid)
    this.ids.addPresent(this.table.oids, place * 20)
    if (this.#waiting.isEmpty && this.#places === null) return []
    this.#places?.set(oid, place)
    const waited = this.#waiting.release(place).concat(this.#waiting.release(oid))
    for (const child of waited) this.table.setBase(child, place)
    return waited
  }

  #name(place: number): string {
    return this.#request.file.name(this.table.offsetOf(place))
  }

  #corrupt(how: string): CorruptObjectError {
    return new CorruptObjectError(`${this.#request.file.called} ${how}`)
  }
}

/** Bytes of objects kept as bases for later deltas. */
const cacheLimit = 48 * 1024 * 1024

/** The settled objects of a pack that is being indexed, by place. */
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

  /** Applies a delta to its base. @throws CorruptObjectError */
  apply(place: number, base: number, delta: Buffer): GitObject {
    const { type, data } = this.#read(base)
    return { type, data: applyDelta(data, delta, this.#nameOf(place)) }
  }

  /** Reads from the cache, or along the chain of deltas from the pack. */
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
