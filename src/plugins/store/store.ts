import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { folded } from '../../archive/names.js'
import { ConflictError, NotFoundError } from '../../base/errors.js'
import { existsAt, lstatOrNull } from '../../base/fs/read.js'
import { didYouMean, oneLine } from '../../base/text.js'
import { assertInside } from '../../config/locate/root.js'
import type { PluginSession } from '../session.js'
import { dropFromCache, keep, pruneCache } from './cache.js'
import { applyJournal, type PluginJournal, workName } from './journal.js'
import { type LockEntry, type PluginLock, readLock, writeLock } from './lock-file.js'
import type { StorePaths } from './paths.js'
import { type CopyRecord, filesBelow, readRecord, writeRecord } from './record.js'
import { type PluginState, type PluginStates, readStore, stateOf, writeStates } from './state.js'
import { isAsInstalled, reportKept, timeOf } from './trash.js'

export type StoreSession = Pick<PluginSession, 'config' | 'emit' | 'clock' | 'self' | 'signal'>

/** Writes what is known of GitHub. */
type Note = (write: () => Promise<void>) => Promise<void>

/** The plugins of a root, for the holder of their lock. */
export class PluginStore {
  readonly paths: StorePaths
  readonly #session: StoreSession
  readonly #note: Note
  #lock: PluginLock
  readonly #states: PluginStates

  /** @param note for a store that is only read: it may leave out what can't be written */
  constructor(session: StoreSession, paths: StorePaths, note: Note = (write) => write()) {
    const { lock, states } = readStore(session)
    this.paths = paths
    this.#session = session
    this.#note = note
    this.#lock = lock
    this.#states = states
  }

  get entries(): ReadonlyMap<string, LockEntry> {
    return this.#lock.entries
  }

  /** The lock's entry of a plugin. @throws NotFoundError with the existing ids */
  entry(id: string): LockEntry {
    const entry = this.#lock.entries.get(id)
    if (entry !== undefined) return entry
    throw notInstalled(id, [...this.#lock.entries.keys()])
  }

  stateOf(id: string): PluginState {
    return stateOf(this.#states, id)
  }

  folderOf(id: string): string {
    return join(this.paths.plugins, id)
  }

  /** The record of what was installed; null if unknown. */
  recordOf(id: string): Promise<CopyRecord | null> {
    return readRecord(join(this.paths.records, `${id}.json`))
  }

  /** The previous version. */
  previousOf(id: string): { tree: string; record: Promise<CopyRecord | null> } {
    const folder = join(this.paths.previous, id)
    return { tree: join(folder, 'tree'), record: readRecord(join(folder, 'record.json')) }
  }

  async isThere(id: string): Promise<boolean> {
    return (await lstatOrNull(this.folderOf(id)))?.isDirectory() ?? false
  }

  /** A new folder to build a version in, out of sight. */
  async newTree(id: string): Promise<{ work: string; tree: string }> {
    const work = workName(id, randomBytes(6).toString('hex'))
    await mkdir(join(this.paths.staging, work), { recursive: true })
    return { work, tree: join(this.paths.staging, work, 'new') }
  }

  /** Puts a complete version in its place. @throws ConflictError if something else is there */
  async putInPlace(id: string, work: string, entry: LockEntry): Promise<void> {
    const { paths } = this
    await this.assertOurs(id)
    this.#session.signal?.throwIfAborted()
    const files = await filesBelow(join(paths.staging, work, 'new'))
    await writeRecord(join(paths.staging, work, 'new.json'), { entry, files })
    await keep(paths, join(paths.staging, work, 'new'), { entry, files })
    const copy = { tree: this.folderOf(id), record: join(paths.records, `${id}.json`) }
    const isChanged = (await this.isThere(id)) && !(await isAsInstalled(copy))
    await this.#applyJournal({ id, work, entry })
    if (isChanged) reportKept(this.#session.emit, [join(paths.previous, id, 'tree')])
  }

  async #applyJournal(what: PluginJournal): Promise<void> {
    reportKept(
      this.#session.emit,
      await applyJournal(this.paths, what, timeOf(this.#session.clock)),
    )
    await this.#refresh()
  }

  async #refresh(): Promise<void> {
    this.#lock = readLock(this.paths.lockFile)
    await pruneCache(this.paths, new Set([...this.entries.values()].map(({ sha256 }) => sha256)))
  }

  /** Removes a plugin and its state; changed files go to the trash. */
  async remove(id: string): Promise<void> {
    // It would go with the plugin anyway, and may be the only room for the journal.
    await dropFromCache(this.paths, this.#lock, id)
    const { work } = await this.newTree(id)
    await this.#applyJournal({ id, work, entry: null })
    this.#states.delete(id)
    await writeStates(this.paths.state, this.#states)
  }

  /** Notes the current name and the id of a plugin's repository. */
  async nameRepository(id: string, repo: string, repositoryId: number | null): Promise<void> {
    const entry = this.entry(id)
    const repository_id = entry.repository_id ?? repositoryId
    if (entry.repo === repo && entry.repository_id === repository_id) return
    this.#lock.entries.set(id, { ...entry, repo, repository_id })
    await this.#note(() => writeLock(this.paths.lockFile, this.#lock))
  }

  async change(id: string, change: Partial<PluginState>): Promise<void> {
    const before = this.stateOf(id)
    const after = { ...before, ...change }
    if (isDeepStrictEqual(before, after)) return
    this.#states.set(id, after)
    await this.#note(() => writeStates(this.paths.state, this.#states))
  }

  /**
   * Checks that a plugin's place contains the plugin, or nothing; removes an empty folder.
   *
   * @throws ConflictError for anything else, and for a name that some file systems treat as another
   *   one's; PathError for a symbolic link that leads out of ROOT
   */
  async assertOurs(id: string): Promise<void> {
    const folder = this.folderOf(id)
    await assertInside(this.paths.root, folder)
    const other = [...this.entries.keys()].find((one) => one !== id && folded(one) === folded(id))
    if (other !== undefined) {
      throw new ConflictError(`${id} and ${other} are the same folder on some file systems`, {
        hint: [{ verb: ['PLUGIN', 'REMOVE'], target: other }, ' removes the other one'],
      })
    }
    const stat = await lstatOrNull(folder)
    if (stat === null || (this.entries.has(id) && stat.isDirectory())) return
    if (stat.isDirectory() && (await readdir(folder)).length === 0) {
      // An empty folder must not become the previous version.
      await rmdir(folder)
      return
    }
    throw new ConflictError(`${folder} exists, but wizard did not install it`, {
      hint: 'move it away',
    })
  }

  /** Whether a previous version is kept. */
  hasPrevious(id: string): Promise<boolean> {
    return existsAt(join(this.paths.previous, id, 'tree'))
  }
}

export function notInstalled(id: string, known: string[]): NotFoundError {
  const near = didYouMean(id, known)
  const there = known.length > 0 ? `installed: ${known.join(', ')}` : 'no plugins are installed'
  return new NotFoundError(`${oneLine(id, 100)} is not installed`, {
    hint: near ?? oneLine(there, 400),
  })
}
