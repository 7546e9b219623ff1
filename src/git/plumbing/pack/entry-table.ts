import type { ObjectType, Oid } from '../objects/object.js'

const types = ['commit', 'tree', 'blob', 'tag'] as const satisfies ObjectType[]

/** What is known of each object of a pack. Objects are numbered by their place in the pack. */
export class EntryTable {
  readonly count: number
  /** Byte offsets in the pack. */
  readonly offsets: Float64Array
  readonly crcs: Uint32Array
  /** 20 bytes each. */
  readonly oids: Buffer
  /** The place of each delta's base, plus one; 0: no base. */
  readonly #bases: Uint32Array
  readonly #types: Uint8Array
  /** How many objects have their id. */
  settled = 0

  constructor(count: number) {
    this.count = count
    this.offsets = new Float64Array(count)
    this.crcs = new Uint32Array(count)
    this.oids = Buffer.alloc(count * 20)
    this.#bases = new Uint32Array(count)
    this.#types = new Uint8Array(count)
  }

  /** null until the object's bytes, and so its id, are known. */
  typeOf(place: number): ObjectType | null {
    return types[(this.#types[place] ?? 0) - 1] ?? null
  }

  settle(place: number, type: ObjectType, oid: Oid): void {
    this.#types[place] = types.indexOf(type) + 1
    this.oids.write(oid, place * 20, 'hex')
    this.settled++
  }

  /** The base of a delta; null if it is not a delta, or the base is not known yet. */
  baseOf(place: number): number | null {
    const after = this.#bases[place] ?? 0
    return after === 0 ? null : after - 1
  }

  setBase(place: number, base: number): void {
    this.#bases[place] = base + 1
  }

  idOf(place: number): Buffer {
    return this.oids.subarray(place * 20, place * 20 + 20)
  }

  offsetOf(place: number): number {
    return this.offsets[place] ?? 0
  }

  /** The object that begins at an offset, among the first `known`; null if none does. */
  placeAt(offset: number, known: number): number | null {
    let low = 0
    let high = known
    while (low < high) {
      const middle = (low + high) >>> 1
      const there = this.offsetOf(middle)
      if (there === offset) return middle
      if (there < offset) low = middle + 1
      else high = middle
    }
    return null
  }

  /** The places, sorted by object id. */
  sorted(): Uint32Array {
    const { oids } = this
    const first = Uint32Array.from({ length: this.count }, (_, place) =>
      oids.readUInt32BE(place * 20),
    )
    const compare = (one: number, other: number) =>
      (first[one] ?? 0) - (first[other] ?? 0) || Buffer.compare(this.idOf(one), this.idOf(other))
    return Uint32Array.from(first.keys()).sort(compare)
  }
}

/**
 * Deltas whose base has no id yet, by the base's place, or by its id if the delta only names that.
 */
export class Waiting {
  readonly #deltas = new Map<number | Oid, number[]>()

  get isEmpty(): boolean {
    return this.#deltas.size === 0
  }

  add(base: number | Oid, delta: number): void {
    const others = this.#deltas.get(base)
    if (others === undefined) this.#deltas.set(base, [delta])
    else others.push(delta)
  }

  /** Removes and returns the deltas that wait for a base. */
  release(base: number | Oid): number[] {
    const deltas = this.#deltas.get(base) ?? []
    this.#deltas.delete(base)
    return deltas
  }
}
