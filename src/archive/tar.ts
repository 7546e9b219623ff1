import { createReadStream, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { Parser, type ReadEntry } from 'tar'
import { PathError, WizardError } from '../base/errors.js'
import { hasCode } from '../base/fs/read.js'
import { checkCount, checkSizes, defaultLimits, type Limits } from './limits.js'
import { namingEntry, quoted } from './names.js'
import { type Member, planUnpack } from './plan.js'
import { tarFault } from './reader-faults.js'
import type { ArchiveKind, ArchiveSource, SourceOptions } from './source.js'

export interface TarFile {
  path: string
  gzipped: boolean
  /** Bytes on disk. */
  size: number
  /** The archive's name in messages. */
  label: string
  limits: Limits
  signal?: AbortSignal | undefined
}

export const damagedTar = (label: string, what: string, cause?: unknown) =>
  new WizardError(`${label} is not a tar archive, or it is damaged: ${what}`, { cause })

/** Bytes of a metadata header (pax, GNU long name); a longer one is refused. */
const longestMeta = 1024 * 1024
const pieceSize = 256 * 1024

/**
 * Reads a tar archive member by member.
 *
 * @param take must read each member to its end, or `resume` it
 * @throws WizardError if it is not a tar archive, or is damaged; PathError for a member that wizard
 *   does not read, and for more than the limits allow; anything that `take` throws
 */
export async function eachMember(
  tar: TarFile,
  take: (entry: ReadEntry) => Promise<void>,
): Promise<void> {
  const { label } = tar
  let fail: (error: unknown) => void = () => {}
  const failure = new Promise<never>((_resolve, reject) => {
    fail = reject
  })
  failure.catch(() => {})
  let taking: Promise<void> = Promise.resolve()
  let current: ReadEntry | undefined
  let isClosed = false
  const parser = new Parser({ strict: true, maxMetaEntrySize: longestMeta })
  parser.on('entry', (entry: ReadEntry) => {
    taking = taking.then(() => {
      current = entry
      return take(entry)
    })
    taking.catch(fail)
  })
  parser.on('nullBlock', () => {
    isClosed = true
  })
  parser.on('ignoredEntry', ({ path }: ReadEntry) =>
    fail(new PathError(`${label}: ${quoted(path)} is refused: it is neither a file nor a folder`)),
  )
  parser.on('error', (error: Error) => fail(damagedTar(label, tarFault(error), error)))
  const ended = new Promise<void>((resolve) => parser.once('end', resolve))
  try {
    for await (const piece of bytesOf(tar)) {
      if (parser.write(piece)) await Promise.race([failure, null])
      else await Promise.race([failure, new Promise((resolve) => parser.once('drain', resolve))])
    }
    parser.end()
    await Promise.race([failure, ended])
    await Promise.race([failure, taking])
  } catch (error) {
    // Otherwise the reader of the member would wait for bytes that never come, with a file open.
    current?.destroy(error)
    await taking.catch(() => {})
    throw error
  }
  if (!isClosed) throw damagedTar(label, 'it has no end')
}

/** Counts the unpacked bytes as they come, so that a bomb is stopped early. */
async function* bytesOf({ path, gzipped, size, label, limits, signal }: TarFile) {
  const file = createReadStream(path, { highWaterMark: pieceSize })
  const unpacked = gzipped ? file.pipe(createGunzip({ chunkSize: pieceSize })) : file
  file.on('error', (error) => unpacked.destroy(error))
  let total = 0
  try {
    for await (const piece of unpacked) {
      signal?.throwIfAborted()
      // The parser would decompress these itself, without our limits.
      if (total === 0 && isPacked(piece)) throw damagedTar(label, 'it uses another compression')
      total += piece.length
      checkSizes({ packed: size, unpacked: total }, limits, label)
      yield piece as Buffer
    }
  } catch (cause) {
    if (!hasCode(cause, 'Z_DATA_ERROR', 'Z_BUF_ERROR', 'Z_NEED_DICT')) throw cause
    throw damagedTar(label, "it can't be decompressed", cause)
  } finally {
    file.destroy()
    unpacked.destroy()
  }
}

/** gzip or zstd (RFC 1952, 2.3.1; RFC 8878, 3.1.1). */
const isPacked = (bytes: Buffer) => ['1f8b', '28b5'].includes(bytes.subarray(0, 2).toString('hex'))

/**
 * A tar archive (POSIX.1-2001 pax, ustar and GNU). It is read twice: first to check all of it, then
 * to write its files.
 *
 * @throws PathError for what is refused; WizardError if it is not a tar archive, or is damaged
 */
export async function openTarSource(
  path: string,
  kind: ArchiveKind,
  { label, limits = defaultLimits, signal, rename }: SourceOptions,
): Promise<ArchiveSource> {
  const tar = { path, gzipped: kind === 'tar.gz', size: sizeOf(path), label, limits, signal }
  const members: Member[] = []
  await eachMember(tar, async (entry) => {
    members.push(toMember(entry, label))
    checkCount(members.length, limits, label)
    entry.resume()
  })
  const plan = planUnpack(members, { label, limits, rename })
  const write: ArchiveSource['write'] = (dir, count) => writeMembers(tar, plan.files, dir, count)
  return { label, plan, write, close: async () => {} }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch (cause) {
    throw new PathError(`${path} can't be read`, { cause })
  }
}

const folders = new Set(['Directory', 'GNUDumpDir'])
const files = new Set(['File', 'OldFile', 'ContiguousFile'])
const faults: Record<string, string> = {
  SymbolicLink: 'it is a symbolic link',
  Link: 'it is a hard link',
}

/** @throws PathError for a member that must not be unpacked */
function toMember({ path: name, type, size, mode = 0 }: ReadEntry, label: string): Member {
  const refuse = (fault: string) => new PathError(`${label}: ${quoted(name)} is refused: ${fault}`)
  const isFolder = folders.has(type)
  if (!isFolder && !files.has(type))
    throw refuse(faults[type] ?? 'it is neither a file nor a folder')
  // GNU tar stores sparse files in pax archives like this.
  if (/(?:^|\/)GNUSparseFile\.\d+\//.test(name)) throw refuse('it is a sparse file')
  return {
    name,
    isFolder,
    isExecutable: !isFolder && (mode & 0o111) !== 0,
    size: isFolder ? 0 : size,
  }
}

/** Writes in the archive's order, which is also the plan's. */
async function writeMembers(
  tar: TarFile,
  planned: { path: string; entry: Member }[],
  dir: string,
  count: (bytes: number) => void,
): Promise<void> {
  let at = 0
  await eachMember(tar, async (entry) => {
    if (folders.has(entry.type)) {
      entry.resume()
      return
    }
    const next = planned[at++]
    if (next === undefined || next.entry.name !== entry.path || next.entry.size !== entry.size) {
      throw damagedTar(tar.label, 'it changed while being read')
    }
    const { path } = next
    await namingEntry(tar.label, path, () => writeOne(entry, join(dir, path), next.entry, count))
  })
  if (at !== planned.length) throw damagedTar(tar.label, 'it changed while being read')
}

/** Bytes up to which a member is written at once: promises cost more than the work. */
const smallFile = 256 * 1024

async function writeOne(
  body: ReadEntry,
  to: string,
  { isExecutable }: Member,
  count: (bytes: number) => void,
): Promise<void> {
  // The umask applies.
  const mode = isExecutable ? 0o777 : 0o666
  if (body.size <= smallFile) {
    const bytes = await body.concat()
    writeFileSync(to, bytes, { flag: 'wx', mode })
    count(bytes.length)
    return
  }
  const file = await open(to, 'wx', mode)
  try {
    for await (const piece of body) {
      await file.writeFile(piece)
      count(piece.length)
    }
  } finally {
    await file.close()
  }
}
