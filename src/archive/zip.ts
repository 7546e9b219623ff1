import { close as closeFd, openSync, read, readSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib'
import { inLanes } from '../base/async/lanes.js'
import { PathError } from '../base/errors.js'
import { hasCode } from '../base/fs/read.js'
import { damage, localHeaderSize, readDirectory, type ZipEntry } from './directory.js'
import { defaultLimits, type Limits } from './limits.js'
import { namingEntry, quoted } from './names.js'
import { type PlannedFile, planUnpack } from './plan.js'
import type { ArchiveKind, ArchiveSource, SourceOptions } from './source.js'

export interface ZipOptions {
  /** The archive's name in messages; default: its path. */
  label?: string | undefined
  limits?: Limits | undefined
  signal?: AbortSignal | undefined
}

/** A zip archive on disk. Its directory has been checked; see `readDirectory`. */
export interface ZipArchive {
  readonly label: string
  readonly entries: ZipEntry[]
  /** Reads a small member at once. @throws WizardError if it differs from the directory */
  readWhole(entry: ZipEntry): Buffer
  /**
   * Reads a member in pieces, so that memory does not grow with it. A damaged member throws at its
   * end.
   */
  read(entry: ZipEntry): AsyncIterable<Buffer>
  close(): Promise<void>
}

/** @throws PathError for what is refused; WizardError if it is not a zip archive, or is damaged */
export async function openZip(path: string, options: ZipOptions = {}): Promise<ZipArchive> {
  const { label = path, limits = defaultLimits, signal } = options
  const fd = openForReading(path)
  const close = () => closeAsync(fd)
  try {
    const entries = await readDirectory(fd, label, limits, signal)
    const members = new Members(fd, label)
    return {
      label,
      entries,
      readWhole: (entry) => members.whole(entry),
      read: (entry) => members.pieces(entry),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const closeAsync = promisify(closeFd)
const readAsync = promisify(read)

function openForReading(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    const why = hasCode(cause, 'ENOENT') ? 'does not exist' : "can't be read"
    throw new PathError(`${path} ${why}`, { cause })
  }
}

const pieceSize = 256 * 1024
const localSignature = 0x04034b50

/** Reads members and counts every byte: a member has the directory's size and checksum. */
class Members {
  readonly #fd: number
  readonly #label: string

  constructor(fd: number, label: string) {
    this.#fd = fd
    this.#label = label
  }

  whole(entry: ZipEntry): Buffer {
    const packed = Buffer.allocUnsafe(entry.packedSize)
    const length = readSync(this.#fd, packed, 0, packed.length, this.#start(entry))
    if (length < packed.length) throw this.#damage(entry, 'it is cut short')
    const bytes = entry.deflated ? this.#inflate(entry, packed) : packed
    this.#check(entry, bytes.length, crc32(bytes))
    return bytes
  }

  async *pieces(entry: ZipEntry): AsyncGenerator<Buffer> {
    const packed = this.#packed(entry)
    let [length, checksum] = [0, 0]
    for await (const piece of entry.deflated ? this.#inflated(entry, packed) : packed) {
      length += piece.length
      if (length > entry.size) break
      checksum = crc32(piece, checksum)
      yield piece
    }
    this.#check(entry, length, checksum)
  }

  async *#packed(entry: ZipEntry): AsyncGenerator<Buffer> {
    let at = this.#start(entry)
    const end = at + entry.packedSize
    while (at < end) {
      const piece = Buffer.allocUnsafeSlow(Math.min(pieceSize, end - at))
      const { bytesRead } = await readAsync(this.#fd, piece, 0, piece.length, at)
      if (bytesRead === 0) throw this.#damage(entry, 'it is cut short')
      at += bytesRead
      yield piece.subarray(0, bytesRead)
    }
  }

  /** The position of a member's bytes, from its local header. */
  #start(entry: ZipEntry): number {
    const header = Buffer.allocUnsafe(localHeaderSize)
    const length = readSync(this.#fd, header, 0, localHeaderSize, entry.offset)
    if (length < localHeaderSize || header.readUInt32LE(0) !== localSignature) {
      throw this.#damage(entry, 'it is not where the directory says')
    }
    const start = entry.offset + localHeaderSize + header.readUInt16LE(26) + header.readUInt16LE(28)
    if (start + entry.packedSize > entry.end) throw this.#damage(entry, 'it overlaps another')
    return start
  }

  #inflate(entry: ZipEntry, packed: Buffer): Buffer {
    // One byte of extra room reveals a member that is longer than it says.
    const room = Math.max(entry.size + 1, 64)
    try {
      return inflateRawSync(packed, { maxOutputLength: room, chunkSize: room })
    } catch (cause) {
      if (hasCode(cause, 'ERR_BUFFER_TOO_LARGE')) throw this.#damage(entry, tooLong, cause)
      throw this.#damage(entry, "it can't be decompressed", cause)
    }
  }

  async *#inflated(entry: ZipEntry, packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const inflate = createInflateRaw({ chunkSize: pieceSize })
    const source = Readable.from(packed, { objectMode: false, highWaterMark: pieceSize })
    source.on('error', (error) => inflate.destroy(error))
    try {
      for await (const piece of source.pipe(inflate)) yield piece as Buffer
    } catch (cause) {
      if (!hasCode(cause, 'Z_DATA_ERROR', 'Z_BUF_ERROR', 'Z_NEED_DICT')) throw cause
      throw this.#damage(entry, "it can't be decompressed", cause)
    } finally {
      source.destroy()
      inflate.destroy()
    }
  }

  #check(entry: ZipEntry, length: number, checksum: number): void {
    if (length > entry.size) throw this.#damage(entry, tooLong)
    if (length < entry.size) throw this.#damage(entry, 'it is shorter than the directory says')
    if (checksum !== entry.crc32) throw this.#damage(entry, 'its checksum is wrong')
  }

  #damage({ name }: ZipEntry, what: string, cause?: unknown) {
    return damage(this.#label, `${quoted(name)}: ${what}`, cause)
  }
}

const tooLong = 'it is longer than the directory says'

/**
 * Larger members are streamed, so that memory does not grow with them; for smaller ones streams
 * cost more than the work.
 */
const smallFile = 256 * 1024
/** How many members node inflates and writes at a time. */
const lanes = 4

/** @throws PathError for what is refused; WizardError if it is not a zip archive, or is damaged */
export async function openZipSource(
  file: string,
  _kind: ArchiveKind,
  options: SourceOptions,
): Promise<ArchiveSource> {
  const zip = await openZip(file, options)
  try {
    const { limits = defaultLimits, rename } = options
    const plan = planUnpack(zip.entries, { label: zip.label, limits, rename })
    return {
      label: zip.label,
      plan,
      write: (dir, count, pacer) =>
        inLanes(lanes, plan.files, async (one) => {
          await namingEntry(zip.label, one.path, () => writeMember(zip, one, dir, count))
          if (pacer.isDue) await pacer.rest()
        }),
      close: () => zip.close(),
    }
  } catch (error) {
    await zip.close()
    throw error
  }
}

async function writeMember(
  zip: ZipArchive,
  { path, entry }: PlannedFile<ZipEntry>,
  dir: string,
  count: (bytes: number) => void,
): Promise<void> {
  const to = join(dir, path)
  // The umask applies.
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
