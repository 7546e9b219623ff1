import type { Oid } from '../objects/object.js'

/** Deltas whose base has no id yet, by the base's place, or by its id where only that is told. */
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

  /** Those that waited for it, which wait no more. */
  release(base: number | Oid): number[] {
    const deltas = this.#deltas.get(base) ?? []
    this.#deltas.delete(base)
    return deltas
  }
}
