import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { PathError, UsageError } from '../../base/errors.js'
import type { Invocation } from '../../invocation.js'
import type { NotesSource } from '../../releases/pipeline/types.js'
import type { FlagSpecs, Flags } from '../verb.js'

/** What stands on a release's page. */
export const notesFlags = {
  notes: { type: 'text', value: 'TEXT', summary: 'its notes, in markdown' },
  'notes-file': {
    type: 'text',
    value: 'F',
    summary: 'its notes, from a file; - is standard input',
  },
  'generate-notes': { type: 'boolean', summary: "notes by GitHub's own generator" },
} as const satisfies FlagSpecs

/** @throws UsageError for more than one of the flags; PathError for a file that can't be read */
export async function notesChoice(
  invocation: Invocation,
  flags: Omit<Flags<typeof notesFlags>, 'generate-notes'> & { 'generate-notes'?: boolean },
): Promise<NotesSource> {
  const { notes, 'notes-file': file, 'generate-notes': generates = false } = flags
  const given = [notes !== undefined, file !== undefined, generates].filter(Boolean)
  if (given.length > 1) {
    throw new UsageError(
      '--notes, --notes-file and --generate-notes are three ways to say one thing',
      {
        hint: 'give one of them',
      },
    )
  }
  if (generates) return { kind: 'github' }
  if (notes !== undefined) return { kind: 'text', text: notes }
  return file === undefined
    ? { kind: 'own' }
    : { kind: 'text', text: await readNotes(invocation, file) }
}

async function readNotes(invocation: Invocation, file: string): Promise<string> {
  if (file === '-') return text(invocation.stdin)
  try {
    return await readFile(resolve(invocation.cwd, file), 'utf8')
  } catch (cause) {
    const { code } = { code: '', ...(cause as object) }
    throw new PathError(`--notes-file ${file} can't be read (${code})`, { cause })
  }
}
