import { rmSync } from 'node:fs'
import { z } from 'zod/mini'
import { partOf, replaceFile } from '../../../base/fs/durable-write.js'
import { readTextIfThere } from '../../../base/fs/read.js'
import { oidPattern } from '../../../base/names/ref.js'
import { submoduleJournal } from '../../worktree/move/journal-file.js'

const oid = z.string().check(z.regex(oidPattern))

const endsSchema = z.object({ version: z.literal(1), from: z.nullable(oid), to: oid })

/** The commits of the superproject between which a killed run may have left its submodules. */
export type UpdateEnds = Omit<z.infer<typeof endsSchema>, 'version'>

/** It is on the disk when this returns. */
export async function writeEnds(gitDir: string, { from, to }: UpdateEnds): Promise<void> {
  const path = submoduleJournal(gitDir)
  const text = `${JSON.stringify({ version: 1, from, to })}\n`
  await replaceFile(path, text, { beside: partOf(path), syncFolder: true })
}

/** null if there are none. What can't be read was never written by a whole run. */
export function readEnds(gitDir: string): UpdateEnds | null {
  const text = readTextIfThere(submoduleJournal(gitDir))
  if (text === null) return null
  try {
    return endsSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

export const removeEnds = (gitDir: string): void =>
  rmSync(submoduleJournal(gitDir), { force: true })
