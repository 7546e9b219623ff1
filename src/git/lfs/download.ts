import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { GitHubNetworkError } from '../../base/errors.js'
import { makeFolders } from '../../base/fs/make-folders.js'
import { writeAll } from '../../base/fs/read.js'
import { isTransient, PermanentNetworkError } from '../../http/failure.js'
import { createWaits } from '../../http/policy/waits.js'
import type { Git } from '../git.js'
import { chunksOf } from '../plumbing/protocol/pkt-line.js'
import type { LfsDownload } from './batch.js'
import type { LfsObjects } from './objects.js'
import type { LfsPointer } from './pointer.js'
import { BusyError, ExpiredError, requestBytes } from './storage.js'
import { takeTurn } from './turns.js'

export interface ObjectDownload {
  objects: LfsObjects
  pointer: LfsPointer
  from: LfsDownload
  /** Called with the number of bytes that arrived. */
  onBytes?: ((count: number) => void) | undefined
}

/**
 * Downloads one object into the repository's LFS storage. What an interrupted download left is
 * continued (RFC 9110, 14), also by a later run. The object counts only when its size and SHA-256
 * are right.
 *
 * @throws ExpiredError if storage refuses the address; GitHubNotFoundError, GitHubNetworkError;
 *   ConflictError if another process goes on downloading it; the file system's errors
 */
export async function downloadObject(git: Git, request: ObjectDownload): Promise<void> {
  const { objects, pointer } = request
  const part = join(objects.folder, 'incomplete', `${pointer.oid}.part`)
  await makeFolders(dirname(part))
  if (!(await takeTurn(git, request, `${part}.lock`))) return
  try {
    await downloadInto(git, part, request)
  } finally {
    await rm(`${part}.lock`, { force: true })
  }
}

async function downloadInto(git: Git, part: string, request: ObjectDownload): Promise<void> {
  const { objects, pointer } = request
  const file = await open(part, 'a+')
  try {
    const isContinued = (await file.stat()).size > 0
    const digest = await fill(git, file, part, request)
    if (digest !== pointer.oid) {
      // What an earlier run left may be damaged; what one answer brought is wrong for good.
      await file.truncate(0)
      if (!isContinued || (await fill(git, file, part, request)) !== pointer.oid)
        throw otherBytes(request)
    }
  } finally {
    await file.close()
  }
  await publish(objects, pointer, part)
}

/**
 * The bytes are not awaited to reach the disk: after a power cut a file system with a journal leaves
 * a shorter file, which counts as none and is downloaded again.
 */
async function publish(objects: LfsObjects, pointer: LfsPointer, part: string): Promise<void> {
  const path = objects.pathOf(pointer)
  await makeFolders(dirname(path))
  await rename(part, path)
}

/**
 * Milliseconds before each try after the first. They begin anew when bytes have arrived, so that a
 * large object on a bad line ends.
 */
const pauses = [500, 1000, 3000]

/** Brings the file to its full size. @returns the SHA-256 of its bytes */
async function fill(
  git: Git,
  file: FileHandle,
  part: string,
  request: ObjectDownload,
): Promise<string> {
  const { pointer, from } = request
  const waits = git.waits ?? createWaits({ clock: git.clock, deadline: null, signal: git.signal })
  const progress = await readProgress(file, part, pointer.size)
  const begun = waits.now()
  let tries = 0
  while (progress.size < pointer.size) {
    const before = progress.size
    try {
      await receive(git, file, progress, request)
    } catch (error) {
      if (progress.size > before) tries = 0
      const pause =
        isTransient(error) && !(error instanceof ExpiredError) ? pauses[tries++] : undefined
      const until = waits.now() + Math.max(pause ?? 0, error instanceof BusyError ? error.pause : 0)
      if (pause === undefined || !waits.fits(begun, until)) throw error
      await waits.wait({ reason: 'retry', host: from.href.host, until }, git.signal)
    }
  }
  return progress.hash.digest('hex')
}

/** How far a file has come. */
interface Progress {
  /** Bytes. */
  size: number
  /** SHA-256 of them. */
  hash: Hash
}

async function readProgress(file: FileHandle, path: string, most: number): Promise<Progress> {
  const { size } = await file.stat()
  if (size > most) {
    await file.truncate(0)
    return { size: 0, hash: createHash('sha256') }
  }
  const hash = createHash('sha256')
  if (size > 0) for await (const chunk of createReadStream(path)) hash.update(chunk)
  return { size, hash }
}

async function receive(
  git: Git,
  file: FileHandle,
  progress: Progress,
  { pointer, from, onBytes }: ObjectDownload,
): Promise<void> {
  const answer = await requestBytes(git, from, progress.size)
  if (answer.status === 200 && progress.size > 0) {
    await file.truncate(0)
    Object.assign(progress, { size: 0, hash: createHash('sha256') })
  }
  for await (const chunk of chunksOf(git, answer)) {
    if (progress.size + chunk.length > pointer.size) throw tooLong(from.href)
    writeAll(file.fd, chunk)
    progress.hash.update(chunk)
    progress.size += chunk.length
    onBytes?.(chunk.length)
  }
  if (progress.size < pointer.size) {
    throw new GitHubNetworkError(`${from.href.host}: its answer was cut short`, {
      hint: 'run the command again: it continues where it stopped',
    })
  }
}

const tooLong = (url: URL) =>
  new PermanentNetworkError(`${url.host} sent more bytes than the pointer says`)

const otherBytes = ({ from }: ObjectDownload) =>
  new PermanentNetworkError(`${from.href.host} sent other bytes than the pointer says`, {
    hint: 'they were not kept; the storage, or a proxy before it, is at fault',
  })
