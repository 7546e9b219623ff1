import type { Oid } from '../../plumbing/objects/object.js'
import { type Commit, readCommitOrNull } from '../../plumbing/objects/parse.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'

/** Bits that say from which of two commits a commit can be reached. */
export const left = 1

export const right = 2

const both = left | right

/**
 * The assumed clock skew in seconds: a common commit that seems up to this much older than the
 * oldest one-sided commit may still lead to it.
 */
const mostSkew = 86_400

interface Painted {
  oid: Oid
  /** null if it is not here. */
  commit: Commit | null
  time: number
  sides: number
  isQueued: boolean
}

/**
 * Walks down from two sides at once, youngest first, and paints each commit with the sides that
 * reach it. Nothing below a commit of both sides matters, so the walk ends when no commit is left
 * that only a wanted side reaches.
 */
export class Painting {
  readonly #store: ObjectStore
  readonly #shallow: Set<Oid>
  readonly #wanted: number
  readonly #painted = new Map<Oid, Painted>()
  readonly #queue = new CommitQueue<Painted>()
  /** Queued commits that only a wanted side reaches so far. */
  #open = 0
  /** Whether both sides reach some commit. */
  hasMet = false
  /** The time of the oldest commit that was passed while only a wanted side reached it. */
  #oldest = Number.POSITIVE_INFINITY

  /** @param wanted the sides whose own commits are to be found; those of the other end the walk */
  constructor(store: ObjectStore, shallow: Set<Oid>, wanted = both) {
    this.#store = store
    this.#shallow = shallow
    this.#wanted = wanted
  }

  /** The sides that reach a commit so far. */
  sidesOf(oid: Oid): number {
    return this.#painted.get(oid)?.sides ?? 0
  }

  /** The number of commits that only this side reaches. */
  count(side: number): number {
    let count = 0
    for (const { sides } of this.#painted.values()) if (sides === side) count++
    return count
  }

  /** The commits that only this side reaches, in the order of the walk. */
  *only(side: number): Generator<{ oid: Oid; commit: Commit }> {
    for (const { oid, commit, sides } of this.#painted.values()) {
      if (sides === side && commit !== null) yield { oid, commit }
    }
  }

  /** A commit of the walk or a parent of one; null if it is not here. */
  commitAt(oid: Oid): Commit | null {
    return this.#painted.get(oid)?.commit ?? null
  }

  /**
   * Whether only one side leads to history that is not here: below a shallow border, or missing.
   */
  isCut(): boolean {
    for (const { oid, commit, sides } of this.#painted.values()) {
      if (sides === both) continue
      if (commit === null || (commit.parents.length > 0 && this.#shallow.has(oid))) return true
    }
    return false
  }

  /** Whether a commit that only this side reaches is not here. */
  lacks(side: number): boolean {
    for (const { commit, sides } of this.#painted.values()) {
      if (commit === null && sides === side) return true
    }
    return false
  }

  async paint(oid: Oid, sides: number): Promise<void> {
    const known = this.#painted.get(oid) ?? (await this.#read(oid))
    const before = known.sides
    known.sides |= sides
    if (known.sides === both) this.hasMet = true
    if (known.sides === before || known.commit === null) return
    if (known.isQueued) {
      if (this.#isOpen(before)) this.#open--
    } else {
      known.isQueued = true
      this.#queue.push(known)
    }
    if (this.#isOpen(known.sides)) this.#open++
  }

  /**
   * Passes one commit's sides on to its parents.
   *
   * @returns false when nothing more can be learned
   */
  async step(): Promise<boolean> {
    const { youngest } = this.#queue
    if (youngest === undefined) return false
    if (this.#open === 0 && youngest.time < this.#oldest - mostSkew) return false
    this.#queue.pop()
    youngest.isQueued = false
    if (this.#isOpen(youngest.sides)) {
      this.#open--
      this.#oldest = Math.min(this.#oldest, youngest.time)
    }
    if (this.#shallow.has(youngest.oid)) return true
    for (const parent of youngest.commit?.parents ?? []) await this.paint(parent, youngest.sides)
    return true
  }

  #isOpen(sides: number): boolean {
    return sides !== both && (sides & this.#wanted) !== 0
  }

  async #read(oid: Oid): Promise<Painted> {
    const commit = await readCommitOrNull(this.#store, oid)
    const painted = { oid, commit, time: commit?.time ?? 0, sides: 0, isQueued: false }
    this.#painted.set(oid, painted)
    return painted
  }
}

interface Dated {
  /** Seconds since 1970. */
  time: number
}

/** Commits, youngest first (a binary heap), in which order git walks history. */
export class CommitQueue<T extends Dated> {
  readonly #heap: T[] = []

  get size(): number {
    return this.#heap.length
  }

  get youngest(): T | undefined {
    return this.#heap[0]
  }

  push(commit: T): void {
    const heap = this.#heap
    let at = heap.push(commit) - 1
    while (at > 0) {
      const above = (at - 1) >>> 1
      const other = heap[above]
      if (other === undefined || other.time >= commit.time) break
      heap[at] = other
      at = above
    }
    heap[at] = commit
  }

  pop(): T | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last !== undefined && heap.length > 0) this.#sink(last)
    return first
  }

  #sink(commit: T): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      let below = at * 2 + 1
      const right = heap[below + 1]
      if (right !== undefined && right.time > (heap[below]?.time ?? 0)) below++
      const other = heap[below]
      if (other === undefined || other.time <= commit.time) break
      heap[at] = other
      at = below
    }
    heap[at] = commit
  }
}
