import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod/mini'
import { partOf, replaceFile, syncFolder } from '../../../base/fs/durable-write.js'
import { hasCode } from '../../../base/fs/read.js'
import { oidPattern } from '../../../base/names/ref.js'
import { BlockedError } from '../../errors.js'

const oid = z.string().check(z.regex(oidPattern))

const journalSchema = z.object({
  version: z.literal(1),
  /** The branch that moves, by its short name; null for a detached HEAD. */
  branch: z.nullable(z.string()),
  /** Commits; `from` is null on an unborn branch. */
  from: z.nullable(oid),
  to: oid,
  /** For the reflog. */
  message: z.string(),
})

/** The move in progress, so that a later run knows both ends. */
export type MoveJournal = z.infer<typeof journalSchema>

/** Contains the journal and the files that will be renamed into the work tree. */
export const moveFolder = (gitDir: string) => join(gitDir, 'wizard-move')
const journalPath = (gitDir: string) => join(moveFolder(gitDir), 'journal.json')

/** Whether a move is in progress, or was when its process died. */
export const hasJournal = (gitDir: string): boolean => existsSync(moveFolder(gitDir))

/** Names both ends of a move whose submodules may have to follow: see porcelain/submodules. */
export const submoduleJournal = (gitDir: string) => join(gitDir, 'wizard-submodules.json')

/**
 * Whether a killed run may have left something to do: a journal, or our index lock, which is a
 * symlink.
 */
export const isUnfinished = (gitDir: string): boolean =>
  hasJournal(gitDir) ||
  existsSync(submoduleJournal(gitDir)) ||
  (lstatSync(join(gitDir, 'index.lock'), { throwIfNoEntry: false })?.isSymbolicLink() ?? false)

/**
 * From now on, until `removeJournal`, the repository may be between two commits. The journal is on
 * the disk when this returns.
 */
export async function writeJournal(gitDir: string, journal: MoveJournal): Promise<void> {
  const path = journalPath(gitDir)
  mkdirSync(moveFolder(gitDir))
  const text = `${JSON.stringify(journal)}\n`
  await replaceFile(path, text, { beside: partOf(path), syncFolder: true })
  // The folder is new: its own name must reach the disk too.
  await syncFolder(gitDir)
}

/**
 * @returns null if there is none, because nothing had begun or everything was done
 * @throws BlockedError if it can't be read: then the move in progress is unknown
 */
export function readJournal(gitDir: string): MoveJournal | null {
  const path = journalPath(gitDir)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
  const parsed = journalSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new BlockedError('dirty', `can't finish an interrupted pull: ${path} can't be read`, {
    hint: `run \`git status\`; if everything is correct, remove ${moveFolder(gitDir)}`,
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/**
 * The last step: the repository is at one of the two ends, so a kill may leave any part of the
 * folder.
 */
export const removeJournal = (gitDir: string): void =>
  rmSync(moveFolder(gitDir), { recursive: true, force: true })
