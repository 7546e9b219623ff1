/**
 * Objects that deltas are made against, by their place in their pack, the ones not used for longest
 * thrown out first. Bounded in bytes, since one pack may hold objects of any size.
 */
export class BaseCache<T> {
  readonly #limit: number
  readonly #lengthOf: (object: T) => number
  readonly #objects = new Map<number, T>()
  #bytes = 0

  constructor(limit: number, lengthOf: (object: T) => number) {
    this.#limit = limit
    this.#lengthOf = lengthOf
  }

  get(place: number): T | undefined {
    const object = this.#objects.get(place)
    if (object !== undefined) {
      this.#objects.delete(place)
      this.#objects.set(place, object)
    }
    return object
  }

  /** One that would throw out most of the others is not kept. */
  set(place: number, object: T): void {
    const length = this.#lengthOf(object)
    if (length > this.#limit / 2 || this.#objects.has(place)) return
    this.#objects.set(place, object)
    this.#bytes += length
    for (const [oldest, other] of this.#objects) {
      if (this.#bytes <= this.#limit) return
      this.#objects.delete(oldest)
      this.#bytes -= this.#lengthOf(other)
    }
  }
}
