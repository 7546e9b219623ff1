import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { inflateSync } from 'node:zlib'
import { type Clock, systemClock } from '../../../base/clock.js'
import { hasCode } from '../../../base/fs/read.js'
import { CorruptObjectError, MissingObjectError } from '../../errors.js'
import { Pack } from '../pack/pack.js'
import { type GitObject, hashObject, type LargeBlob, type ObjectType, type Oid } from './object.js'
import type { ObjectCache } from './object-cache.js'

/** The longest chain of alternates that git follows too. */
const mostAlternates = 5

/**
 * Opens the objects of a repository. Reads are synchronous inside: the page cache and zlib deliver
 * an object in less time than a hop to the thread pool takes.
 *
 * @param gitDir the `.git` folder
 * @param clock must agree with the file system's times; a parameter for tests
 */
export async function openObjectStore(gitDir: string, clock = systemClock): Promise<ObjectStore> {
  return new Store(join(gitDir, 'objects'), clock)
}

/** A pack, or a folder of loose objects. */
interface Source {
  has(oid: Oid): boolean
  /** @returns null if the object is elsewhere */
  read(oid: Oid): GitObject | null
  open(oid: Oid): GitObject | LargeBlob | null
}

class Store implements ObjectStore {
  readonly #folder: string
  readonly #clock: Clock
  readonly #packs = new Map<string, Pack>()
  #sources: Source[] = []
  /** When each folder of packs had last changed before it was read. */
  #seen = new Map<string, number | null>()

  constructor(folder: string, clock: Clock) {
    this.#folder = folder
    this.#clock = clock
    this.#rescan()
  }

  async has(oid: Oid): Promise<boolean> {
    return this.#find((source) => source.has(oid) || null) ?? false
  }

  async read(oid: Oid): Promise<GitObject> {
    return this.#there(
      oid,
      this.#find((source) => source.read(oid)),
    )
  }

  async open(oid: Oid): Promise<GitObject | LargeBlob> {
    return this.#there(
      oid,
      this.#find((source) => source.open(oid)),
    )
  }

  #there<T>(oid: Oid, object: T | null): T {
    if (object === null) throw new MissingObjectError(oid, this.#folder)
    return object
  }

  async refresh(arrived: ArrivedPack | null = null): Promise<void> {
    this.#rescan(arrived)
  }

  async close(): Promise<void> {
    for (const pack of this.#packs.values()) pack.close()
    this.#packs.clear()
    this.#sources = []
  }

  /** Another process may have packed or fetched a missing object since, so it looks twice. */
  #find<T>(ask: (source: Source) => T | null): T | null {
    const found = this.#findOnce(ask)
    if (found !== null || !this.#mayHaveChanged()) return found
    return this.#rescan() ? this.#findOnce(ask) : null
  }

  #findOnce<T>(ask: (source: Source) => T | null): T | null {
    for (const source of this.#sources) {
      const found = ask(source)
      if (found !== null) return found
    }
    return null
  }

  #mayHaveChanged(): boolean {
    return [...this.#seen].some(([folder, seen]) => seen !== this.#changeOf(folder))
  }

  /** When packs were last added; NaN, which equals nothing, if that is too recent to compare. */
  #changeOf(objects: string): number | null {
    const changed = readOrNull(() => statSync(join(objects, 'pack')).mtimeMs)
    const isFresh = changed !== null && this.#clock.now() - changed < granularity
    return isFresh ? Number.NaN : changed
  }

  /**
   * Reads the packs first, because a clone's objects are there.
   *
   * @returns whether there are new packs
   */
  #rescan(arrived: ArrivedPack | null = null): boolean {
    const folders = withAlternates(this.#folder)
    this.#seen = new Map(folders.map((folder) => [folder, this.#changeOf(folder)]))
    const there = new Set(folders.flatMap(packsIn))
    for (const [path, pack] of this.#packs) {
      if (there.has(path)) continue
      pack.close()
      this.#packs.delete(path)
    }
    let news = false
    for (const path of there) {
      if (this.#packs.has(path)) continue
      const objects = path === arrived?.path ? arrived.objects : undefined
      const pack = readOrNull(() => new Pack(path, objects))
      if (pack === null) continue
      this.#packs.set(path, pack)
      news = true
    }
    this.#sources = [...this.#packs.values(), ...folders.map(looseFolder)]
    return news
  }
}

const looseFolder = (folder: string): Source => ({
  has: (oid) => hasLoose(folder, oid),
  read: (oid) => readLoose(folder, oid),
  open: (oid) => readLoose(folder, oid),
})

/** Milliseconds within which two changes of a folder may have the same time. */
const granularity = 2000

/** A pack counts once both its files exist: the index is renamed into place last. */
function packsIn(objects: string): string[] {
  const folder = join(objects, 'pack')
  const names = new Set(readOrNull(() => readdirSync(folder)))
  return [...names]
    .filter((name) => name.endsWith('.pack') && names.has(name.replace(/\.pack$/, '.idx')))
    .map((name) => join(folder, name))
}

/** @see https://git-scm.com/docs/gitrepository-layout (objects/info/alternates) */
function withAlternates(objects: string, depth = 0, found: string[] = []): string[] {
  if (found.includes(objects)) return found
  found.push(objects)
  const lines = readOrNull(() => readFileSync(join(objects, 'info', 'alternates'), 'utf8')) ?? ''
  if (depth === mostAlternates) return found
  for (const line of lines.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    withAlternates(isAbsolute(line) ? line : resolve(objects, line), depth + 1, found)
  }
  return found
}

function readOrNull<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null
    throw error
  }
}

/** A pack that has just been published. */
export interface ArrivedPack {
  path: string
  /** Its objects that are already unpacked, so that a checkout need not unpack them again. */
  objects: ObjectCache
}

/** The objects of one repository: loose, packed and borrowed (alternates). */
export interface ObjectStore {
  /** Whether the whole object is here. After an interrupted fetch a ref does not prove that. */
  has(oid: Oid): Promise<boolean>
  /** @throws MissingObjectError, CorruptObjectError */
  read(oid: Oid): Promise<GitObject>
  /** Like `read`, but a large blob comes in pieces. */
  open(oid: Oid): Promise<GitObject | LargeBlob>
  /**
   * Reads the folder again after a fetch.
   *
   * @param arrived the pack that the fetch brought, if any
   */
  refresh(arrived?: ArrivedPack | null): Promise<void>
  close(): Promise<void>
}

export const loosePath = (objectsDir: string, oid: Oid) =>
  join(objectsDir, oid.slice(0, 2), oid.slice(2))

export const hasLoose = (objectsDir: string, oid: Oid) => existsSync(loosePath(objectsDir, oid))

/**
 * @returns null if there is no such file
 * @throws CorruptObjectError if its bytes do not match its id
 */
export function readLoose(objectsDir: string, oid: Oid): GitObject | null {
  const path = loosePath(objectsDir, oid)
  let deflated: Buffer
  try {
    deflated = readFileSync(path)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
  const object = parseLoose(path, deflated)
  if (hashObject(object.type, object.data) !== oid) {
    throw new CorruptObjectError(`${path} does not contain the object it is named after`)
  }
  return object
}

function parseLoose(path: string, deflated: Buffer): GitObject {
  let bytes: Buffer
  try {
    bytes = inflateSync(deflated)
  } catch (error) {
    throw new CorruptObjectError(`${path} can't be unpacked`, error)
  }
  const end = bytes.indexOf(0)
  const header = /^(commit|tree|blob|tag) (\d+)$/.exec(bytes.toString('latin1', 0, end))
  const data = bytes.subarray(end + 1)
  if (end < 0 || header === null || Number(header[2]) !== data.length) {
    throw new CorruptObjectError(`${path} does not begin like an object`)
  }
  return { type: header[1] as ObjectType, data }
}
