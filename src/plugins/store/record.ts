import { createHash } from 'node:crypto'
import {
  createReadStream,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
} from 'node:fs'
import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod/mini'
import { Pacer } from '../../base/async/pacer.js'
import { writeWhole } from '../../base/fs/durable-write.js'
import { hasCode } from '../../base/fs/read.js'
import { type LockEntry, toLockEntry } from './lock-file.js'

export interface FileRecord {
  /** From the plugin's folder, with `/`. */
  path: string
  executable: boolean
  /** Bytes. */
  size: number
  /** Hexadecimal digits. */
  sha256: string
}

const fileRecord: z.ZodMiniType<FileRecord> = z.object({
  path: z.string(),
  executable: z.boolean(),
  size: z.number(),
  sha256: z.string(),
})

const record = z.object({ entry: z.unknown(), files: z.array(fileRecord) })

/** An installed version, and its files. */
export interface CopyRecord {
  entry: LockEntry
  files: FileRecord[]
}

/** null if there is none, or it can't be read. */
export async function readRecord(path: string): Promise<CopyRecord | null> {
  try {
    const { entry, files } = record.parse(JSON.parse(await readFile(path, 'utf8')))
    const known = toLockEntry(entry)
    return typeof known === 'string' ? null : { entry: known, files }
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EIO')) throw error
    return null
  }
}

export const writeRecord = (path: string, copy: CopyRecord): Promise<void> =>
  writeWhole(path, `${JSON.stringify(copy)}\n`)

/**
 * The files below a folder, by path; a symbolic link is recorded by its target. Empty if there is
 * no folder.
 */
export async function filesBelow(dir: string): Promise<FileRecord[]> {
  const found: FileRecord[] = []
  const pacer = new Pacer()
  const walk = async (below: string) => {
    for (const entry of readdirSync(join(dir, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) await walk(path)
      else found.push(smallRecordAt(dir, path) ?? (await recordAt(dir, path)))
      if (pacer.isDue) await pacer.rest()
    }
  }
  await walk('').catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error
  })
  return found.sort((one, other) => (one.path < other.path ? -1 : 1))
}

/** Bytes up to which a file is read at once: streams cost more than the work. */
const smallFile = 256 * 1024

/** null: it is a larger file. */
function smallRecordAt(dir: string, path: string): FileRecord | null {
  const file = join(dir, path)
  const stat = lstatSync(file)
  if (!stat.isFile()) {
    const what = stat.isSymbolicLink() ? `link ${readlinkSync(file)}` : 'special'
    return { path, executable: false, size: 0, sha256: what }
  }
  if (stat.size > smallFile) return null
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
  return { path, executable: isExecutable(stat), size: stat.size, sha256 }
}

async function recordAt(dir: string, path: string): Promise<FileRecord> {
  const file = join(dir, path)
  const stat = await lstat(file)
  return { path, executable: isExecutable(stat), size: stat.size, sha256: await sha256Of(file) }
}

const isExecutable = ({ mode }: Stats) => (mode & 0o100) !== 0

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

/** How a folder differs from what was installed, as paths. */
export interface Difference {
  changed: string[]
  missing: string[]
  extra: string[]
}

export async function differenceOf(dir: string, files: FileRecord[]): Promise<Difference> {
  const there = new Map((await filesBelow(dir)).map((file) => [file.path, file]))
  const changed: string[] = []
  const missing: string[] = []
  for (const file of files) {
    const now = there.get(file.path)
    there.delete(file.path)
    if (now === undefined) missing.push(file.path)
    else if (!isSame(now, file)) changed.push(file.path)
  }
  return { changed, missing, extra: [...there.keys()] }
}

const isSame = (one: FileRecord, other: FileRecord) =>
  one.sha256 === other.sha256 && one.executable === other.executable

export const isAsRecorded = ({ changed, missing, extra }: Difference): boolean =>
  changed.length + missing.length + extra.length === 0

/**
 * The SHA-256 of one line `MODE SHA256 PATH` per file, sorted by path: the same on every machine.
 */
export function treeDigest(files: FileRecord[]): string {
  const lines = files.map(
    ({ path, executable, sha256 }) => `${executable ? '100755' : '100644'} ${sha256} ${path}\n`,
  )
  return createHash('sha256').update(lines.join('')).digest('hex')
}
