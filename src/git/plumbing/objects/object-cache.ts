import type { GitObject } from './object.js'

/**
 * Objects of one pack by their byte offset; the least recently used ones are evicted. Its limit is
 * in bytes, because a pack may hold objects of any size.
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

  /** Does not keep an object that would evict most of the others. */
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
