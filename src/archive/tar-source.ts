import { statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReadEntry } from 'tar'
import { PathError } from '../base/errors.js'
import { quoted } from './directory.js'
import { telling } from './entry-errors.js'
import type { ArchiveKind } from './kind.js'
import { checkCount, defaultLimits, type Limits } from './limits.js'
import { type Member, planUnpack } from './plan.js'
import { damagedTar, eachMember, type TarFile } from './tar.js'
import type { Source } from './unpack.js'

export interface TarOptions {
  label: string
  limits?: Limits | undefined
  signal?: AbortSignal | undefined
}

/**
 * A tar archive (POSIX.1-2001 pax, ustar and GNU), read from its beginning to its end twice: once to check all of it, once
 * to write its files.
 *
 * @throws PathError for what is refused; WizardError for what is no tar archive, or is damaged
 */
export async function openTarSource(
  path: string,
  kind: ArchiveKind,
  { label, limits = defaultLimits, signal }: TarOptions,
): Promise<Source> {
  const tar = { path, gzipped: kind === 'tar.gz', size: sizeOf(path), label, limits, signal }
  const members: Member[] = []
  await eachMember(tar, async (entry) => {
    members.push(toMember(entry, label))
    checkCount(members.length, limits, label)
    entry.resume()
  })
  const plan = planUnpack(members, label)
  const write: Source['write'] = (dir, count) => writeMembers(tar, plan.files, dir, count)
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

/** @throws PathError for what must not be unpacked */
function toMember({ path: name, type, size, mode = 0 }: ReadEntry, label: string): Member {
  const refuse = (fault: string) => new PathError(`${label}: ${quoted(name)} is refused: ${fault}`)
  const isFolder = folders.has(type)
  if (!isFolder && !files.has(type))
    throw refuse(faults[type] ?? 'it is neither a file nor a folder')
  // How GNU tar stores them in pax archives.
  if (/(?:^|\/)GNUSparseFile\.\d+\//.test(name)) throw refuse('it is a sparse file')
  return {
    name,
    isFolder,
    isExecutable: !isFolder && (mode & 0o111) !== 0,
    size: isFolder ? 0 : size,
  }
}

/** In the archive's order, which is the plan's. */
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
      throw damagedTar(tar.label, 'it changed while it was read')
    }
    const { path } = next
    await telling(tar.label, path, () => writeOne(entry, join(dir, path), next.entry, count))
  })
  if (at !== planned.length) throw damagedTar(tar.label, 'it changed while it was read')
}

async function writeOne(
  body: ReadEntry,
  to: string,
  { isExecutable }: Member,
  count: (bytes: number) => void,
): Promise<void> {
  // The umask takes its part of it.
  const file = await open(to, 'wx', isExecutable ? 0o777 : 0o666)
  try {
    for await (const piece of body) {
      await file.writeFile(piece)
      count(piece.length)
    }
  } finally {
    await file.close()
  }
}
