/** A value that several users share. It is not closed before each of them has released it. */
export interface Lease<T> {
  readonly value: T
  /** May be called more than once. */
  release(): void
}

interface Entry<T> {
  value: T
  users: number
}

export interface SharedOptions<T> {
  /** How many unused values to keep: the most recently leased ones. */
  keepUnused: number
  /** Closes a value. A failure is ignored. */
  close(value: T): Promise<void>
}

/**
 * Values by key. Each is made on first use and kept until it is unused and newer ones replace it.
 */
export class Shared<T> {
  readonly #options: SharedOptions<T>
  /** The most recently leased one is last. */
  readonly #entries = new Map<string, Entry<T>>()
  readonly #closing = new Set<Promise<unknown>>()

  constructor(options: SharedOptions<T>) {
    this.#options = options
  }

  lease(key: string, make: () => T): Lease<T> {
    const entry = this.#entries.get(key) ?? { value: make(), users: 0 }
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    entry.users++
    let isReleased = false
    const release = () => {
      if (isReleased) return
      isReleased = true
      entry.users--
      this.#evict()
    }
    return { value: entry.value, release }
  }

  /** Closes all values, used or not. */
  async close(): Promise<void> {
    for (const key of [...this.#entries.keys()]) this.#remove(key)
    await Promise.all(this.#closing)
  }

  #evict(): void {
    const unused = [...this.#entries].filter(([, { users }]) => users === 0)
    const tooMany = Math.max(0, unused.length - this.#options.keepUnused)
    for (const [key] of unused.slice(0, tooMany)) this.#remove(key)
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    const closing = this.#options
      .close(entry.value)
      .catch(() => {})
      .finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }
}
