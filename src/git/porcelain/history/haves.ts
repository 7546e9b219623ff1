import type { Oid } from '../../plumbing/objects/object.js'
import { readCommitOrNull } from '../../plumbing/objects/parse.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import type { Haves } from '../../plumbing/protocol/pack-answer.js'
import { CommitQueue } from './painting.js'

interface Told {
  oid: Oid
  time: number
  parents: Oid[]
  /** The server has it and everything that it leads to, so neither needs an announcement. */
  isCommon: boolean
  isPassed: boolean
}

/**
 * The history of some tips, youngest first, except the commits that the server is known to have.
 */
export class HistoryHaves implements Haves {
  readonly #store: ObjectStore
  readonly #tips: Oid[] = []
  readonly #commits = new Map<Oid, Told>()
  readonly #queue = new CommitQueue<Told>()
  /** Queued commits that are still to be announced. */
  #open = 0

  constructor(store: ObjectStore) {
    this.#store = store
  }

  /** @param oid a commit's */
  async add(oid: Oid): Promise<void> {
    await this.#enqueue(oid, false)
    if (this.#commits.has(oid)) this.#tips.push(oid)
  }

  tips(): Oid[] {
    return [...this.#tips]
  }

  async next(count: number): Promise<Oid[]> {
    const announced: Oid[] = []
    while (announced.length < count && this.#open > 0) {
      const commit = this.#queue.pop()
      if (commit === undefined) break
      commit.isPassed = true
      if (!commit.isCommon) {
        announced.push(commit.oid)
        this.#open--
      }
      for (const parent of commit.parents) await this.#enqueue(parent, commit.isCommon)
    }
    return announced
  }

  async acknowledge(oid: Oid): Promise<void> {
    const pending = [oid]
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const commit = this.#commits.get(next)
      if (commit === undefined || commit.isCommon) continue
      commit.isCommon = true
      if (commit.isPassed) pending.push(...commit.parents)
      else this.#open--
    }
  }

  async #enqueue(oid: Oid, isCommon: boolean): Promise<void> {
    if (this.#commits.has(oid)) {
      if (isCommon) await this.acknowledge(oid)
      return
    }
    const commit = await readCommitOrNull(this.#store, oid)
    if (commit === null) return
    const { time, parents } = commit
    const entry = { oid, time, parents, isCommon, isPassed: false }
    this.#commits.set(oid, entry)
    this.#queue.push(entry)
    if (!isCommon) this.#open++
  }
}
