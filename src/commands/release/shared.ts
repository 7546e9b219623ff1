import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { PathError, UsageError } from '../../base/errors.js'
import { reasonOf } from '../../base/fs/system-error.js'
import { formatBytes } from '../../base/text.js'
import type { Invocation } from '../../invocation.js'
import type { ReleaseInfo } from '../../releases/info.js'
import type { NotesSource } from '../../releases/pipeline/request.js'
import { lines, type Page } from '../../terminal/page.js'
import type { FlagSpecs, Flags } from '../flags.js'

/** The flags for a release's notes. */
export const notesFlags = {
  notes: { type: 'text', value: 'TEXT', summary: 'its notes, in markdown' },
  'notes-file': {
    type: 'text',
    value: 'F',
    summary: 'read the notes from a file; -: standard input',
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
    throw new UsageError('--notes, --notes-file and --generate-notes exclude each other', {
      hint: 'give only one',
    })
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
    throw new PathError(`--notes-file ${file} can't be read: ${reasonOf(cause)}`, { cause })
  }
}

/** The release's address, for scripts. */
export const resultPage = ({ url }: ReleaseInfo): Page => lines(url)

/** Outputs for later steps of an Actions job. */
export const releaseOutputs = ({ id, tag, url }: ReleaseInfo): Record<string, string> => ({
  release_id: String(id),
  tag,
  release_url: url,
})

/** `draft`, `latest` and so on, in one or two words. */
export function kindOf({ draft, prerelease, latest }: ReleaseInfo): string {
  const words = [draft && 'draft', prerelease && 'pre-release', latest && 'latest']
  return words.filter((word) => word !== false).join(', ')
}

/** Its assets, one per row. */
export const assetsPage = ({ assets }: Pick<ReleaseInfo, 'assets'>): Page => ({
  kind: 'table',
  columns: [
    { title: 'ASSET', cut: 'middle' },
    { title: 'SIZE', align: 'right' },
    { title: 'STATUS' },
    { title: 'DIGEST', cut: 'middle', spare: 1 },
  ],
  rows: assets.map(({ name, size, status, digest }) => [
    name,
    formatBytes(size),
    status,
    digest ?? '',
  ]),
})
