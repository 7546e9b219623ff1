import type { GitObject } from '../types.js'

/**
 * Objects that deltas are made against, by their place in their pack, the ones not used for longest
 * thrown out first. Bounded in bytes, since one pack may hold objects of any size.
 */
export class BaseCache {
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

  set(offset: number, object: GitObject): void {
    if (object.data.length > this.#limit / 4 || this.#objects.has(offset)) return
    this.#objects.set(offset, object)
    this.#bytes += object.data.length
    for (const [oldest, { data }] of this.#objects) {
      if (this.#bytes <= this.#limit) return
      this.#objects.delete(oldest)
      this.#bytes -= data.length
    }
  }
}
