import { open } from 'node:fs/promises'
import { CorruptObjectError } from '../../errors.js'
import type { Git, GitProgress } from '../../git.js'
import type { Oid } from '../objects/object.js'
import type { ArrivedPack, ObjectStore } from '../objects/store.js'
import { type Incoming, openIncoming } from './incoming.js'
import { type IndexedPack, indexPack } from './indexer.js'
import { PackFile } from './read/pack-file.js'
import { damaged, type TakenPack, takePack } from './store-pack.js'
import { formatIndex } from './write-index.js'

export interface ReceiveRequest {
  gitDir: string
  /** The pack's own bytes, as they arrive. */
  chunks: AsyncIterable<Buffer>
  /** Who sends it, for messages. */
  host: string
  /** What is here already, and so need not be in the pack. */
  store: ObjectStore
  /** Objects that must be here afterwards. */
  wanted: Oid[]
  /** Commits at which history will end here. */
  shallow: Set<Oid>
}

export interface ReceivedPack {
  bytes: number
  /** null where it held nothing. */
  pack: ArrivedPack | null
}

/**
 * Takes a pack into the repository: to the disk as it arrives, checked, indexed, and put in its place whole,
 * when everything that is named in it is there too. At any failure nothing is left.
 *
 * @throws GitHubNetworkError where it is cut, GitHubError where it is damaged or incomplete
 */
export async function receivePack(git: Git, request: ReceiveRequest): Promise<ReceivedPack> {
  const incoming = await openIncoming(request.gitDir, git.liveness)
  try {
    return await receiveInto(incoming, git, request)
  } catch (error) {
    if (error instanceof CorruptObjectError) throw damaged(request.host, error.message, error)
    throw error
  } finally {
    await incoming.discard()
  }
}

async function receiveInto(
  incoming: Incoming,
  git: Git,
  { chunks, host, store, wanted, shallow }: ReceiveRequest,
): Promise<ReceivedPack> {
  const tell = (progress: GitProgress) => git.onProgress?.(progress)
  const taken = await takePack({
    path: incoming.pack,
    chunks,
    host,
    onBytes: (bytes) => tell({ phase: 'receiving', bytes, done: 0, total: 0 }),
  })
  const { bytes, count } = taken
  const onProgress = (done: number) => tell({ phase: 'indexing', bytes, done, total: count })
  const indexed = await index(incoming.pack, taken, { shallow, signal: git.signal, onProgress })
  await expectComplete(indexed, { store, wanted, host })
  if (count === 0) return { bytes, pack: null }
  await writeIndex(incoming.index, formatIndex(indexed.table, taken.checksum))
  const path = await incoming.publish(taken.checksum.toString('hex'))
  return { bytes, pack: { path, objects: indexed.objects } }
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

/** Each object that one of the pack's names, and each that was asked for, is in the pack or here already. */
async function expectComplete(
  { ids }: IndexedPack,
  { store, wanted, host }: { store: ObjectStore; wanted: Oid[]; host: string },
): Promise<void> {
  for (const oid of wanted) {
    if (!ids.has(Buffer.from(oid, 'hex')) && !(await store.has(oid))) throw lacks(host, oid)
  }
  for (const oid of ids.missing()) if (!(await store.has(oid))) throw lacks(host, oid)
}

const lacks = (host: string, oid: Oid) =>
  damaged(host, `object ${oid} is missing, which belongs to what was asked for`)

async function writeIndex(path: string, data: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o444)
  try {
    await file.writeFile(data)
    await file.sync()
  } finally {
    await file.close()
  }
}
