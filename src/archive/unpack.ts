import { mkdirSync } from 'node:fs'
import { lstat, mkdir, readdir, rename } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Pacer } from '../base/async/pacer.js'
import { ConflictError, PathError } from '../base/errors.js'
import { existsAt, hasCode, lstatOrNull } from '../base/fs/read.js'
import { describeFullDisk } from '../base/fs/system-error.js'
import type { Liveness } from '../process/owner-mark.js'
import { openSibling, removeLeftovers } from '../process/temp-beside.js'
import type { Limits } from './limits.js'
import { namingEntry, quoted } from './names.js'
import type { UnpackPlan } from './plan.js'
import { type ArchiveKind, type ArchiveSource, fileSource } from './source.js'
import { openTarSource } from './tar.js'
import { openZipSource } from './zip.js'

export interface UnpackOptions {
  /** The archive's name in messages; default: its file name. */
  label?: string | undefined
  limits?: Limits | undefined
  signal?: AbortSignal | undefined
  /**
   * Adds to a folder at the destination, and replaces files of the archive's own names, as the last
   * step; without it an occupied destination is refused.
   */
  clobber?: boolean | undefined
  /** Recognises what a killed wizard was unpacking, so that it is removed. */
  liveness?: Liveness | undefined
  onProgress?: ((progress: UnpackProgress) => void) | undefined
  /**
   * A further check of file and folder names: the reason why one is refused; null if it is fine.
   */
  faultOf?: ((name: string) => string | null) | undefined
  /** The name under which a file or folder is unpacked; default: its own. */
  rename?: ((name: string) => string) | undefined
}

export interface UnpackProgress {
  /** Bytes unpacked so far, and in total. */
  done: number
  total: number
}

export interface Unpacked {
  /** Absolute. */
  path: string
  files: number
  /** Unpacked bytes. */
  size: number
}

const open = { zip: openZipSource, tar: openTarSource, 'tar.gz': openTarSource }

export const unpackZip = (file: string, into: string, options: UnpackOptions = {}) =>
  unpackArchive(file, 'zip', into, options)

/** Moves one file into its own folder, by the rules of `unpackArchive`. @param name a safe one */
export async function keepFile(
  file: string,
  { name, size }: { name: string; size: number },
  into: string,
  options: UnpackOptions = {},
): Promise<Unpacked> {
  const destination = resolve(into)
  if (!options.clobber) await assertNotExists(destination)
  return place(fileSource(file, name, size), destination, options)
}

/**
 * Unpacks an archive into its own folder. Checks the whole archive before it writes a byte, builds
 * the folder beside the destination and renames it, so that the destination is either unchanged or
 * complete. With
 * `clobber` it is added to what is there. Files keep their executable bit, and no other permission or date.
 *
 * @param into absent, or an empty folder; with `clobber` any folder
 * @throws ConflictError if something is at the destination
 * @throws PathError for an unsafe entry, and for more than the limits allow
 * @throws WizardError if it is not an archive of that kind or is damaged, or the disk is full
 */
export async function unpackArchive(
  file: string,
  kind: ArchiveKind,
  into: string,
  options: UnpackOptions = {},
): Promise<Unpacked> {
  const { clobber = false, label = basename(file) } = options
  const destination = resolve(into)
  if (!clobber) await assertNotExists(destination)
  return place(await open[kind](file, kind, { ...options, label }), destination, options)
}

async function place(
  source: ArchiveSource,
  destination: string,
  options: UnpackOptions,
): Promise<Unpacked> {
  const { liveness } = options
  try {
    assertWanted(source, options)
    if (liveness !== undefined) await removeLeftovers(dirname(destination), 'unpack', liveness)
    await buildBeside(source, destination, options)
    return { path: destination, files: source.plan.files.length, size: source.plan.size }
  } catch (error) {
    throw describeFullDisk(error, destination)
  } finally {
    await source.close()
  }
}

/** @throws PathError */
function assertWanted({ label, plan }: ArchiveSource, { faultOf }: UnpackOptions): void {
  if (faultOf === undefined) return
  for (const path of [...plan.folders, ...plan.files.map((file) => file.path)]) {
    for (const name of path.split('/')) {
      const fault = faultOf(name)
      if (fault !== null) throw new PathError(`${label}: ${quoted(path)} is refused: ${fault}`)
    }
  }
}

/** @throws ConflictError unless nothing, or an empty folder, is there */
export async function assertNotExists(path: string): Promise<void> {
  const stat = await lstat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  })
  if (stat === null || (stat.isDirectory() && (await readdir(path)).length === 0)) return
  throw new ConflictError(`${path} already exists`, {
    hint: [
      'move it away, choose another ',
      { flag: 'dir' },
      ', or add to it with ',
      { flag: 'clobber' },
    ],
  })
}

async function buildBeside(
  source: ArchiveSource,
  destination: string,
  { liveness, clobber, signal, onProgress }: UnpackOptions,
): Promise<void> {
  const sibling = await openSibling(destination, 'unpack', liveness)
  try {
    const pacer = new Pacer(signal)
    await makeFolders(source, sibling.dir, pacer)
    let done = 0
    const count = (bytes: number) => {
      done += bytes
      onProgress?.({ done, total: source.plan.size })
    }
    await source.write(sibling.dir, count, pacer)
    signal?.throwIfAborted()
    if (clobber && (await existsAt(destination))) {
      await mergeInto(sibling.dir, destination, source.plan)
    } else await sibling.publish()
  } finally {
    await sibling.discard()
  }
}

async function makeFolders(
  { label, plan }: ArchiveSource,
  dir: string,
  pacer: Pacer,
): Promise<void> {
  for (const folder of plan.folders) {
    await namingEntry(label, folder, async () => mkdirSync(join(dir, folder)))
    if (pacer.isDue) await pacer.rest()
  }
}

/**
 * Moves unpacked files into a folder that may hold others: those stay, and a file is replaced only
 * by one of the same path. Everything is checked before the first file moves.
 */
async function mergeInto(from: string, to: string, plan: UnpackPlan): Promise<void> {
  await assertFits(to, plan)
  for (const folder of plan.folders) {
    await mkdir(join(to, folder)).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error
    })
  }
  for (const { path } of plan.files) await rename(join(from, path), join(to, path))
}

/** A symlink is in the way of a folder: it may lead anywhere. */
async function assertFits(to: string, { folders, files }: UnpackPlan): Promise<void> {
  for (const folder of ['', ...folders]) {
    const there = await lstatOrNull(join(to, folder))
    if (there !== null && !there.isDirectory()) throw inTheWay(join(to, folder), 'is not a folder')
  }
  for (const { path } of files) {
    const there = await lstatOrNull(join(to, path))
    if (there?.isDirectory()) throw inTheWay(join(to, path), 'is a folder')
  }
}

const inTheWay = (path: string, what: string) =>
  new ConflictError(`${path} ${what}, so it is not replaced`, {
    hint: ['move it away, or choose another ', { flag: 'dir' }],
  })
