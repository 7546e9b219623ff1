import { isUtf8 } from 'node:buffer'
import { fstatSync, readSync } from 'node:fs'
import yauzl from 'yauzl'
import { Pacer } from '../base/async/pacer.js'
import { PathError, WizardError } from '../base/errors.js'
import { codeOf } from '../base/fs/read.js'
import { checkCount, checkSizes, type Limits } from './limits.js'
import { quoted } from './names.js'
import type { Member } from './plan.js'
import { zipFault } from './reader-faults.js'

/** A member as the central directory describes it, checked against the other members. */
export interface ZipEntry extends Member {
  deflated: boolean
  packedSize: number
  crc32: number
  /** Where its local header begins, and where the next member does. */
  offset: number
  end: number
}

/**
 * Reads the entries of a zip archive, in its order (APPNOTE 6.3.10, with zip64). Unpacks nothing,
 * but refuses what could not be unpacked safely: encrypted and special members, members that share
 * bytes (https://www.bamsoftware.com/hacks/zipbomb/), and more than the limits allow.
 *
 * @param label the archive's name in messages
 * @throws PathError for what is refused; WizardError if it is not a zip archive, or is damaged
 */
export async function readDirectory(
  fd: number,
  label: string,
  limits: Limits,
  signal?: AbortSignal,
): Promise<ZipEntry[]> {
  const { size } = fstatSync(fd)
  const options = { autoClose: false, decodeStrings: false, strictFileNames: true }
  const zip = await damaged(label, () =>
    yauzl.fromRandomAccessReaderPromise(new WindowReader(fd), size, options),
  )
  checkCount(zip.entryCount, limits, label)
  // yauzl's types say boolean.
  const directoryStart = Number(zip.readEntryCursor)
  const entries = await damaged(label, () => readEntries(zip, label, new Pacer(signal)))
  checkEnd(fd, Number(zip.readEntryCursor), label)
  setEnds(entries, directoryStart, label)
  const sum = (of: (entry: ZipEntry) => number) => entries.reduce((all, one) => all + of(one), 0)
  const sizes = { packed: sum((one) => one.packedSize), unpacked: sum((one) => one.size) }
  checkSizes(sizes, limits, label)
  return entries
}

/** Reports yauzl's errors as damage of the archive. */
async function damaged<T>(label: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof WizardError || !(error instanceof Error) || codeOf(error) !== '')
      throw error
    if (error.name !== 'Error' && !(error instanceof RangeError)) throw error
    throw damage(label, zipFault(error), error)
  }
}

export function damage(label: string, what: string, cause?: unknown): WizardError {
  return new WizardError(`${label} is not a zip archive, or it is damaged: ${what}`, {
    cause,
  })
}

async function readEntries(zip: yauzl.ZipFile, label: string, pacer: Pacer): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = []
  for await (const entry of zip.eachEntry()) {
    entries.push(toEntry(entry, label))
    if (pacer.isDue) await pacer.rest()
  }
  return entries
}

const fileTypes = 0o170000

const [regularFile, folder] = [0o100000, 0o040000]

const [unix, darwin] = [3, 19]

const dosFolder = 0x10

const [stored, deflated] = [0, 8]

/** @throws PathError for a member that can't or must not be unpacked */
function toEntry(entry: yauzl.Entry, label: string): ZipEntry {
  const name = nameOf(entry)
  const mode = entry.externalFileAttributes >>> 16
  const type = mode & fileTypes
  const refuse = (fault: string) => new PathError(`${label}: ${quoted(name)} is refused: ${fault}`)
  if (entry.isEncrypted()) throw refuse('it is encrypted')
  if (type !== 0 && type !== regularFile && type !== folder) {
    throw refuse(type === 0o120000 ? 'it is a symbolic link' : 'it is neither a file nor a folder')
  }
  const { compressionMethod: method } = entry
  if (method !== stored && method !== deflated) throw refuse(`it uses compression method ${method}`)
  const isFolder =
    name.endsWith('/') || type === folder || (entry.externalFileAttributes & dosFolder) !== 0
  if (isFolder && entry.uncompressedSize > 0) throw refuse('it is a folder with content')
  const host = entry.versionMadeBy >>> 8
  return {
    name,
    isFolder,
    isExecutable: (host === unix || host === darwin) && (mode & 0o111) !== 0,
    deflated: method === deflated,
    size: entry.uncompressedSize,
    packedSize: entry.compressedSize,
    crc32: entry.crc32,
    offset: entry.relativeOffsetOfLocalHeader,
    end: 0,
  }
}

const utf8Flag = 0x800

/**
 * Unix writers store UTF-8 without the flag. A name that is not valid UTF-8 is CP437, the format's
 * default.
 */
function nameOf({ generalPurposeBitFlag: flags, fileNameRaw, extraFields }: yauzl.Entry): string {
  const flagsOfName = isUtf8(fileNameRaw) ? flags | utf8Flag : flags
  return yauzl.getFileNameLowLevel(flagsOfName, fileNameRaw, extraFields, true)
}

const endSignatures = new Set([0x06054b50, 0x06064b50, 0x05054b50])

/** A directory with more entries than its count would hide the rest. */
function checkEnd(fd: number, position: number, label: string): void {
  const bytes = Buffer.alloc(4)
  readSync(fd, bytes, 0, 4, position)
  if (!endSignatures.has(bytes.readUInt32LE(0))) {
    throw damage(label, 'its directory ends in the wrong place')
  }
}

export const localHeaderSize = 30

/**
 * @throws WizardError for members that overlap: small zip bombs unpack the same bytes many times
 */
function setEnds(entries: ZipEntry[], directoryStart: number, label: string): void {
  const byOffset = entries.toSorted((a, b) => a.offset - b.offset)
  let end = directoryStart
  for (const entry of byOffset.toReversed()) {
    if (entry.offset + localHeaderSize + entry.packedSize > end) {
      throw damage(label, `${quoted(entry.name)} overlaps what comes after it`)
    }
    entry.end = end
    end = entry.offset
  }
}

const windowSize = 256 * 1024

/** yauzl reads a directory in very small pieces; this reader buffers them. */
export class WindowReader extends yauzl.RandomAccessReader {
  readonly #fd: number
  readonly #window = Buffer.allocUnsafe(windowSize)
  #start = 0
  #length = 0

  constructor(fd: number) {
    super()
    this.#fd = fd
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    const bytesRead = this.#read(buffer.subarray(offset, offset + length), position)
    queueMicrotask(() => callback(null, bytesRead))
  }

  #read(buffer: Buffer, position: number): number {
    // An archive may claim any position for its parts; nothing is there.
    if (!Number.isSafeInteger(position)) return 0
    if (buffer.length > windowSize) return readSync(this.#fd, buffer, 0, buffer.length, position)
    const from = position - this.#start
    if (from < 0 || from + buffer.length > this.#length) {
      this.#length = readSync(this.#fd, this.#window, 0, windowSize, position)
      this.#start = position
    }
    const at = position - this.#start
    return this.#window.copy(buffer, 0, at, Math.min(at + buffer.length, this.#length))
  }
}
