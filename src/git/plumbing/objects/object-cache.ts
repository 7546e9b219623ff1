import type { GitObject } from './object.js'

/**
 * Objects of one pack by the byte at which they begin, the ones not used for longest thrown out first.
 * Bounded in bytes, since a pack may hold objects of any size.
 */
export class ObjectCache {
  readonly #limit: number
  readonly #objects = new Map<number, GitObject>()
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get(offset: number): GitObject | undefined {
    const object = this.#objects.get(offset)
    if (object !== undefined) {
      this.#objects.delete(offset)
      this.#objects.set(offset, object)
    }
    return object
  }

  /** One that would throw out most of the others is not kept. */
  set(offset: number, object: GitObject): void {
    const { length } = object.data
    if (length > this.#limit / 2 || this.#objects.has(offset)) return
    this.#objects.set(offset, object)
    this.#bytes += length
    for (const [oldest, { data }] of this.#objects) {
      if (this.#bytes <= this.#limit) return
      this.#objects.delete(oldest)
      this.#bytes -= data.length
    }
  }
}
