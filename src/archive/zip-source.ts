import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { inLanes } from '../base/async/lanes.js'
import type { ZipEntry } from './directory.js'
import { telling } from './entry-errors.js'
import type { ArchiveKind } from './kind.js'
import { type PlannedFile, planUnpack } from './plan.js'
import type { Source } from './unpack.js'
import { openZip, type ZipArchive, type ZipOptions } from './zip.js'

/** Above it a member is streamed, so that memory does not grow with it; below, streams cost more than the work. */
const smallFile = 256 * 1024
/** As many as node inflates and writes at a time. */
const lanes = 4

/** @throws PathError for what is refused; WizardError for what is no zip archive, or is damaged */
export async function openZipSource(
  file: string,
  _kind: ArchiveKind,
  options: ZipOptions & { label: string },
): Promise<Source> {
  const zip = await openZip(file, options)
  try {
    const plan = planUnpack(zip.entries, zip.label)
    return {
      label: zip.label,
      plan,
      write: (dir, count, pacer) =>
        inLanes(lanes, plan.files, async (one) => {
          await telling(zip.label, one.path, () => writeMember(zip, one, dir, count))
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
