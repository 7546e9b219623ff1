import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  ConflictError,
  type GitHubErrorOptions,
  GitHubNetworkError,
  GitHubNotFoundError,
} from '../../base/errors.js'
import { makeFolders } from '../../base/fs/make-folders.js'
import { namesIn, writeAll } from '../../base/fs/read.js'
import { isTransient, isTransientStatus, PermanentNetworkError } from '../../http/failure.js'
import { type Exchange, type HttpRequest, stack } from '../../http/message.js'
import { followRedirects } from '../../http/policy/redirect.js'
import { createWaits, retryAfter } from '../../http/policy/waits.js'
import { type StreamedAnswer, send } from '../../http/send.js'
import { isDead, type Liveness, takeMark } from '../../process/owner-mark.js'
import type { Git } from '../git.js'
import { chunksOf } from '../plumbing/protocol/pkt-line.js'
import type { LfsDownload } from './batch.js'
import type { LfsObjects } from './objects.js'
import type { LfsPointer } from './pointer.js'

/** Storage refuses the address, which may have expired: the server is to be asked for another. */
export class ExpiredError extends GitHubNetworkError {
  // For users it is the class that it extends.
  override name = 'GitHubNetworkError'
}

/** Storage is busy, and a later request may succeed. */
class BusyError extends GitHubNetworkError {
  override name = 'GitHubNetworkError'
  /** When, in milliseconds from now. */
  readonly pause: number

  constructor(message: string, { pause, ...options }: GitHubErrorOptions & { pause: number }) {
    super(message, options)
    this.pause = pause
  }
}

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

/** Milliseconds between two looks at another's lock. */
const lookAgain = 200

/**
 * Waits while somebody else downloads the object: another process, or another repository with the
 * same storage.
 *
 * @returns false if the object is here by then
 */
async function takeTurn(
  git: Git,
  { objects, pointer }: ObjectDownload,
  lock: string,
): Promise<boolean> {
  const waits = git.waits ?? createWaits({ clock: git.clock, deadline: null })
  const begun = waits.now()
  while ((await takeMark(lock, git.liveness)) !== null) {
    if (!waits.fits(begun, waits.now() + lookAgain)) {
      throw new ConflictError(`${lock} is there: another process downloads this object`, {
        hint: 'wait for it to end; if there is none (after a crash), remove the file',
      })
    }
    await git.clock.sleep(lookAgain, git.signal)
    if (await objects.holds(pointer)) return false
  }
  return true
}

/** Removes the locks that killed processes left; their unfinished downloads stay, to be continued. */
export async function clearDeadTurns(
  { folder }: LfsObjects,
  liveness: Liveness | undefined,
): Promise<void> {
  if (liveness === undefined) return
  const incomplete = join(folder, 'incomplete')
  for (const name of await namesIn(incomplete)) {
    const lock = join(incomplete, name)
    if (!name.endsWith('.part.lock') || !(await isDead(lock, liveness))) continue
    if ((await takeMark(lock, liveness)) === null) await rm(lock, { force: true })
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
  { pointer, from: { href, headers }, onBytes }: ObjectDownload,
): Promise<void> {
  const range: Record<string, string> =
    progress.size > 0 ? { range: `bytes=${progress.size}-` } : {}
  const answer = await storageExchange(git)({
    method: 'GET',
    url: href,
    headers: { 'user-agent': 'git-lfs/wizard', ...headers, ...range },
    signal: git.signal,
  })
  await assertContent(git, answer, progress.size)
  if (answer.status === 200 && progress.size > 0) {
    await file.truncate(0)
    Object.assign(progress, { size: 0, hash: createHash('sha256') })
  }
  for await (const chunk of chunksOf(git, answer)) {
    if (progress.size + chunk.length > pointer.size) throw tooLong(href)
    writeAll(file.fd, chunk)
    progress.hash.update(chunk)
    progress.size += chunk.length
    onBytes?.(chunk.length)
  }
  if (progress.size < pointer.size) {
    throw new GitHubNetworkError(`${href.host}: its answer was cut short`, {
      hint: 'run the command again: it continues where it stopped',
    })
  }
}

/** Storage may redirect on its own host only: the API did not name another. */
function storageExchange(git: Git): Exchange<HttpRequest, StreamedAnswer> {
  const stays = (next: Exchange<HttpRequest, StreamedAnswer>) => (one: HttpRequest) => {
    if (!one.foreign) return next(one)
    throw new PermanentNetworkError(
      `storage redirects to ${one.url.host}, which the server did not name`,
    )
  }
  return stack([followRedirects(() => true), stays], (one) => send(git.dispatcher, one))
}

/** @throws an error for everything but the object's bytes from `at` on, or from the start */
async function assertContent(git: Git, answer: StreamedAnswer, at: number): Promise<void> {
  const { status, headers, url } = answer
  if (status === 200) return
  if (status === 206 && headers['content-range']?.startsWith(`bytes ${at}-`)) return
  await answer.discard()
  const said = `${url.host}: storage answers ${status}`
  if (status === 401 || status === 403) throw new ExpiredError(said, { status })
  if (status === 404 || status === 410) {
    throw new GitHubNotFoundError(`${url.host}: storage does not have the object`, { status })
  }
  if (status === 429 || isTransientStatus(status)) {
    const pause = retryAfter(headers, git.clock.now()) ?? 0
    throw new BusyError(said, { pause, status, hint: 'try again later' })
  }
  const what = status === 206 ? `${url.host} sent another part than asked for` : said
  throw new PermanentNetworkError(what, { status })
}

const tooLong = (url: URL) =>
  new PermanentNetworkError(`${url.host} sends more bytes than the pointer names`)

const otherBytes = ({ from }: ObjectDownload) =>
  new PermanentNetworkError(`${from.href.host} sends other bytes than the pointer names`, {
    hint: 'nothing of them was kept; the storage or a proxy before it is at fault',
  })
