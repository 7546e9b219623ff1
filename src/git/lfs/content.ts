import { inLanes } from '../../base/async/lanes.js'
import {
  GitHubNetworkError,
  GitHubRateLimitError,
  WizardError,
  withHint,
  withMessage,
} from '../../base/errors.js'
import type { Hint } from '../../base/hint.js'
import type { Git } from '../git.js'
import { type BytePath, showPath } from '../plumbing/byte-path.js'
import { type LfsDownload, type LfsServer, requestDownloads } from './batch.js'
import { downloadObject } from './download.js'
import type { LfsObjects } from './objects.js'
import { linkFromPeers } from './peers.js'
import type { LfsPointer } from './pointer.js'
import { withoutContent } from './settings.js'
import { ExpiredError } from './storage.js'
import { clearDeadTurns } from './turns.js'

/** A file whose blob is a pointer. */
export interface LfsFile {
  path: BytePath
  pointer: LfsPointer
}

export interface FetchContentRequest {
  server: LfsServer
  objects: LfsObjects
  files: LfsFile[]
}

/** As git-lfs: the objects of one request, and how many arrive at a time. */
const batchSize = 100
const atOnce = 8

/**
 * Downloads the content of files that is neither here nor in a peer's clone. When this returns, all
 * of it is here. If an object can't be had, the error names its path, and what has arrived by then
 * stays for the next run.
 *
 * @returns the bytes received
 * @throws as `requestDownloads` and `downloadObject`
 */
export async function fetchContent(git: Git, request: FetchContentRequest): Promise<number> {
  const { server, objects, files } = request
  await clearDeadTurns(objects, git.liveness)
  const needed = await missingOf(objects, withoutRepeats(files))
  if (needed.length > 0) await linkFromPeers(git.peers?.() ?? [], objects, needed.map(pointerOf))
  const missing = await missingOf(objects, needed)
  const received = { bytes: 0, done: 0 }
  const report = () => git.onProgress?.({ phase: 'content', ...received, total: missing.length })
  const onBytes = (count: number) => {
    received.bytes += count
    report()
  }
  for (let at = 0; at < missing.length; at += batchSize) {
    const batch = missing.slice(at, at + batchSize)
    const places = await locate(git, server, batch)
    await inLanes(atOnce, batch, async (file) => {
      await download(git, request, file, { from: places.get(file.pointer.oid), onBytes })
      received.done++
      report()
    })
  }
  return received.bytes
}

/** A damaged object counts as missing. */
async function missingOf(objects: LfsObjects, files: LfsFile[]): Promise<LfsFile[]> {
  const missing: LfsFile[] = []
  for (const file of files) if (!(await objects.isIntact(file.pointer))) missing.push(file)
  return missing
}

/** One file for each object: several may have the same content. */
const withoutRepeats = (files: LfsFile[]): LfsFile[] => [
  ...new Map(files.map((file) => [file.pointer.oid, file])).values(),
]

/**
 * Asks where the content is, before a byte of it is fetched.
 *
 * @returns by the object's id
 * @throws the error of the first object that can't be had, with the path
 */
async function locate(
  git: Git,
  server: LfsServer,
  files: LfsFile[],
): Promise<Map<string, LfsDownload>> {
  const answers = await requestDownloads(git, server, files.map(pointerOf)).catch(throwWithRemedy)
  const places = new Map<string, LfsDownload>()
  for (const { path, pointer } of files) {
    const answer = answers.get(pointer.oid)
    if (answer !== undefined && 'href' in answer) places.set(pointer.oid, answer)
    else throwWithRemedy(withPath(answer?.error, path))
  }
  return places
}

/** @throws the error, with the way to do without content where trying again does not help */
function throwWithRemedy(error: unknown): never {
  const mayHelp = error instanceof GitHubNetworkError || error instanceof GitHubRateLimitError
  throw mayHelp ? error : withHint(error, withoutContent)
}

const pointerOf = ({ pointer }: LfsFile) => pointer

interface Arrival {
  /** Where the content is; undefined: the server must be asked. */
  from: LfsDownload | undefined
  onBytes: (count: number) => void
}

/** Downloads one object. An address expires after some minutes, so a refused one is replaced once. */
async function download(
  git: Git,
  request: FetchContentRequest,
  file: LfsFile,
  { from, onBytes }: Arrival,
): Promise<void> {
  const { server, objects } = request
  const { path, pointer } = file
  const place = from ?? (await locate(git, server, [file])).get(pointer.oid)
  if (place === undefined) return
  try {
    await downloadObject(git, { objects, pointer, from: place, onBytes })
  } catch (error) {
    if (from === undefined || !(error instanceof ExpiredError)) throw withPath(error, path)
    await download(git, request, file, { from: undefined, onBytes })
  }
}

function withPath(error: unknown, path: BytePath): unknown {
  const one = withMessage(error, (message) => `${showPath(path)}: ${message}`)
  return one instanceof WizardError && one.remedy === undefined ? withHint(one, tryAgain) : one
}

const tryAgain: Hint = ['try again later; ', ...withoutContent]
