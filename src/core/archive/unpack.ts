import { mkdirSync, writeFileSync } from 'node:fs'
import { lstat, open, readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ConflictError, PathError } from '../errors.js'
import { describeFullDisk, hasCode } from '../files.js'
import type { Liveness } from '../owner-mark.js'
import { Pacer } from '../pacer.js'
import { openSibling, removeLeftovers } from '../sibling.js'
import { quoted } from './directory.js'
import { inLanes } from './lanes.js'
import { type PlannedFile, planUnpack, type UnpackPlan } from './plan.js'
import { openZip, type ZipArchive, type ZipOptions } from './zip.js'

export interface UnpackOptions extends ZipOptions {
  /** What is at the destination is replaced, at the end; else it is refused. */
  clobber?: boolean | undefined
  /** So that what a killed wizard was unpacking is removed. */
  liveness?: Liveness | undefined
  onProgress?: ((progress: UnpackProgress) => void) | undefined
}

export interface UnpackProgress {
  /** Bytes unpacked so far, and of how many. */
  done: number
  total: number
}

export interface Unpacked {
  /** Absolute. */
  path: string
  files: number
  /** Bytes, unpacked. */
  size: number
}

/**
 * Unpacks a zip archive into a folder of its own. The whole archive is checked before a byte is written; it is built
 * beside the destination and renamed into place, so that the destination is as it was, or complete.
 * Files keep whether they are executable, and no other permission or date.
 *
 * @param into absent, or an empty folder
 * @throws ConflictError where something is at the destination
 * @throws PathError for an unsafe entry, and for more than the limits allow
 * @throws WizardError for what is no zip archive or is damaged, and where the disk is full
 */
export async function unpackZip(
  file: string,
  into: string,
  options: UnpackOptions = {},
): Promise<Unpacked> {
  const { clobber = false, liveness, label = basename(file) } = options
  const destination = resolve(into)
  if (!clobber) await expectFree(destination)
  const zip = await openZip(file, { ...options, label })
  try {
    const plan = planUnpack(zip.entries, label)
    if (liveness !== undefined) await removeLeftovers(dirname(destination), 'unpack', liveness)
    await buildBeside(zip, plan, destination, options)
    return { path: destination, files: plan.files.length, size: plan.size }
  } catch (error) {
    throw describeFullDisk(error, destination)
  } finally {
    await zip.close()
  }
}

/** @throws ConflictError unless there is nothing, or an empty folder */
export async function expectFree(path: string): Promise<void> {
  const stat = await lstat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  })
  if (stat === null || (stat.isDirectory() && (await readdir(path)).length === 0)) return
  throw new ConflictError(`${path} is there already`, {
    hint: 'move it away, choose another --dir, or replace it with --clobber',
  })
}

async function buildBeside(
  zip: ZipArchive,
  plan: UnpackPlan,
  destination: string,
  { liveness, clobber, signal, onProgress }: UnpackOptions,
): Promise<void> {
  const sibling = await openSibling(destination, 'unpack', liveness)
  try {
    await write(zip, plan, { dir: sibling.dir, signal, onProgress })
    signal?.throwIfAborted()
    await sibling.publish({ replace: clobber })
  } finally {
    await sibling.discard()
  }
}

/** Above it a member is streamed, so that memory does not grow with it; below, streams cost more than the work. */
const smallFile = 256 * 1024
/** As many as node inflates and writes at a time. */
const lanes = 4

interface Place {
  dir: string
  signal?: AbortSignal | undefined
  onProgress: UnpackOptions['onProgress']
}

async function write(zip: ZipArchive, plan: UnpackPlan, place: Place): Promise<void> {
  const { dir, signal, onProgress } = place
  const pacer = new Pacer(signal)
  for (const folder of plan.folders) {
    await telling(zip.label, folder, async () => mkdirSync(join(dir, folder)))
    if (pacer.isDue) await pacer.rest()
  }
  let done = 0
  const count = (bytes: number) => {
    done += bytes
    onProgress?.({ done, total: plan.size })
  }
  await inLanes(lanes, plan.files, async (file) => {
    await telling(zip.label, file.path, () => writeFile(zip, file, dir, count))
    if (pacer.isDue) await pacer.rest()
  })
}

async function writeFile(
  zip: ZipArchive,
  { path, entry }: PlannedFile,
  dir: string,
  count: (bytes: number) => void,
): Promise<void> {
  const to = join(dir, path)
  // The umask takes its part of it.
  const mode = entry.isExecutable ? 0o777 : 0o666
  if (entry.size <= smallFile && entry.packedSize <= smallFile) {
    writeFileSync(to, zip.readWhole(entry), { flag: 'wx', mode })
    return count(entry.size)
  }
  const file = await open(to, 'wx', mode)
  try {
    for await (const piece of zip.read(entry)) {
      await file.write(piece)
      count(piece.length)
    }
  } finally {
    await file.close()
  }
}

const pathTroubles = ['ENAMETOOLONG', 'EINVAL', 'EILSEQ', 'EEXIST', 'EISDIR', 'ENOTDIR']

/** What this file system does not take is told by the entry's name. */
async function telling(label: string, path: string, work: () => Promise<void>) {
  try {
    await work()
  } catch (error) {
    if (!hasCode(error, ...pathTroubles)) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new PathError(`${label}: ${quoted(path)} can't be written here (${code})`, {
      cause: error,
    })
  }
}
