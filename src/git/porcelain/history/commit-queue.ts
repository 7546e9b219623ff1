interface Dated {
  /** Seconds since 1970. */
  time: number
}

/** Commits, the youngest first (a binary heap): the order in which git walks history. */
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
