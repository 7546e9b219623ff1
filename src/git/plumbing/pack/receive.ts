import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { GitHubError } from '../../../base/errors.js'
import { writeSynced } from '../../../base/fs/durable-write.js'
import { writeAll } from '../../../base/fs/read.js'
import { CorruptObjectError } from '../../errors.js'
import type { Git, GitProgress } from '../../git.js'
import type { Oid } from '../objects/object.js'
import type { ArrivedPack, ObjectStore } from '../objects/store.js'
import { cutShort } from '../protocol/pkt-line.js'
import { type Incoming, openIncoming } from './incoming.js'
import { type IndexedPack, indexPack } from './indexer.js'
import { PackFile } from './pack-file.js'
import { formatPackIndex } from './pack-index.js'

export interface ReceiveRequest {
  gitDir: string
  /** The pack's bytes, as they arrive. */
  chunks: AsyncIterable<Buffer>
  /** The sender, for messages. */
  host: string
  /** The objects that are here already, and may be missing from the pack. */
  store: ObjectStore
  /** Objects that must be here afterwards. */
  wanted: Oid[]
  /** Commits at which history will end. */
  shallow: Set<Oid>
}

export interface ReceivedPack {
  bytes: number
  /** null if it held no objects. */
  pack: ArrivedPack | null
}

/**
 * Receives a pack into the repository. Writes it to the disk as it arrives, checks and indexes it,
 * and publishes it once every object that it names is present. A failure leaves nothing behind.
 *
 * @throws GitHubNetworkError if it is truncated, GitHubError if it is damaged or incomplete
 */
export async function receivePack(git: Git, request: ReceiveRequest): Promise<ReceivedPack> {
  const pack = await checkPack(git, request)
  try {
    return await pack.publish()
  } finally {
    await pack.discard()
  }
}

/** A pack that is whole and right, and that nothing reads yet. */
export interface CheckedPack {
  path: string
  /** The index as it will be written. */
  index: Buffer
  /** How many objects it holds; one without any is not published. */
  count: number
  /** Bytes of its largest object or delta, unpacked. */
  largest: number
  publish(): Promise<ReceivedPack>
  /** Removes what is not published. */
  discard(): Promise<void>
}

/** The first part of `receivePack`. The caller publishes the pack, and discards what is left. */
export async function checkPack(git: Git, request: ReceiveRequest): Promise<CheckedPack> {
  const incoming = await openIncoming(request.gitDir, git.liveness)
  try {
    return await checkIncoming(incoming, git, request)
  } catch (error) {
    await incoming.discard()
    if (error instanceof CorruptObjectError) throw damaged(request.host, error.message, error)
    throw error
  }
}

async function checkIncoming(
  incoming: Incoming,
  git: Git,
  { chunks, host, store, wanted, shallow }: ReceiveRequest,
): Promise<CheckedPack> {
  const report = (progress: GitProgress) => git.onProgress?.(progress)
  const taken = await takePack({
    path: incoming.pack,
    chunks,
    host,
    onBytes: (bytes) => report({ phase: 'receiving', bytes, done: 0, total: 0 }),
  })
  const { bytes, count } = taken
  const onProgress = (done: number) => report({ phase: 'indexing', bytes, done, total: count })
  const indexed = await index(incoming.pack, taken, { shallow, signal: git.signal, onProgress })
  await assertComplete(indexed, { store, wanted, host })
  const { table, objects, largest } = indexed
  const idx = formatPackIndex(table, taken.checksum)
  return {
    path: incoming.pack,
    index: idx,
    count,
    largest,
    discard: () => incoming.discard(),
    async publish() {
      if (count === 0) return { bytes, pack: null }
      // The temporary name hides the index; `publish` renames it after the pack.
      await writeSynced(incoming.index, idx, { mode: 0o444, exclusive: true })
      const path = await incoming.publish(taken.checksum.toString('hex'))
      return { bytes, pack: { path, objects } }
    },
  }
}

async function index(
  path: string,
  { bytes, count }: TakenPack,
  options: { shallow: Set<Oid>; signal: AbortSignal | undefined; onProgress(done: number): void },
): Promise<IndexedPack> {
  const file = new PackFile(path, 'it')
  try {
    return await indexPack({ file, count, end: bytes - 20, ...options })
  } finally {
    file.close()
  }
}

/**
 * Checks that every wanted object, and every object that the pack names, is in the pack or here
 * already.
 */
async function assertComplete(
  { ids }: IndexedPack,
  { store, wanted, host }: { store: ObjectStore; wanted: Oid[]; host: string },
): Promise<void> {
  for (const oid of wanted) {
    if (!ids.has(Buffer.from(oid, 'hex')) && !(await store.has(oid))) throw lacks(host, oid)
  }
  for (const oid of ids.missing()) if (!(await store.has(oid))) throw lacks(host, oid)
}

const lacks = (host: string, oid: Oid) =>
  damaged(host, `object ${oid} is missing, although it was requested`)

/** The sizes of a pack's header and of its trailing checksum, in bytes. */
const headerLength = 12
const checksumLength = 20
/** The fewest bytes of an object in a pack: a header and an empty zlib stream. */
const leastObject = 9

export interface TakenPack {
  bytes: number
  /** The number of objects according to its header. */
  count: number
  /** Its last 20 bytes, the SHA-1 of everything before. */
  checksum: Buffer
}

export interface TakeRequest {
  path: string
  chunks: AsyncIterable<Buffer>
  /** The sender, for messages. */
  host: string
  onBytes: (bytes: number) => void
}

/**
 * Writes a pack of any size to the disk as it arrives, and verifies its checksum.
 *
 * @see https://git-scm.com/docs/pack-format
 * @throws GitHubNetworkError if it is truncated, GitHubError if it is damaged or not a pack
 */
export async function takePack({ path, chunks, host, onBytes }: TakeRequest): Promise<TakenPack> {
  const sum = new TrailingSum()
  let header: Buffer = Buffer.alloc(0)
  let bytes = 0
  const file = await open(path, 'wx', 0o444)
  try {
    for await (const chunk of chunks) {
      if (header.length < headerLength) {
        header = Buffer.concat([header, chunk.subarray(0, headerLength - header.length)])
        if (header.length === headerLength) checkHeader(header, host)
      }
      sum.update(chunk)
      writeAll(file.fd, chunk)
      bytes += chunk.length
      onBytes(bytes)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  if (bytes < headerLength + checksumLength) throw cutShort(host)
  const count = header.readUInt32BE(8)
  if (!sum.fits() || count * leastObject > bytes) throw damaged(host, 'its checksum is wrong')
  return { bytes, count, checksum: sum.trailer }
}

export const damaged = (host: string, how: string, cause?: unknown) =>
  new GitHubError(`${host} sent a damaged pack: ${how}`, {
    hint: 'run the command again; the pack was not kept',
    cause,
  })

function checkHeader(header: Buffer, host: string): void {
  const version = header.readUInt32BE(4)
  if (header.toString('latin1', 0, 4) !== 'PACK' || (version !== 2 && version !== 3)) {
    throw damaged(host, 'it does not begin like a pack')
  }
}

/** Splits a stream of unknown length into its last 20 bytes and the SHA-1 of all before them. */
class TrailingSum {
  readonly #hash = createHash('sha1')
  trailer: Buffer = Buffer.alloc(0)

  update(chunk: Buffer): void {
    const all = chunk.length >= checksumLength ? chunk : Buffer.concat([this.trailer, chunk])
    if (all === chunk) this.#hash.update(this.trailer)
    const end = Math.max(0, all.length - checksumLength)
    this.#hash.update(all.subarray(0, end))
    this.trailer = Buffer.from(all.subarray(end))
  }

  fits(): boolean {
    return this.#hash.digest().equals(this.trailer)
  }
}
