import { UsageError } from '../../base/errors.js'
import { longestNotes } from '../drafts/mark.js'
import type { PublishDeps } from '../pipeline/publish.js'
import type { PublishFacts, PublishRequest } from '../pipeline/request.js'
import { notesFor } from './notes.js'

/** @throws UsageError for notes that are longer than GitHub takes */
export function expectShort(text: string): string {
  if (text.length <= longestNotes) return text
  throw new UsageError(`the notes have ${text.length} characters; GitHub takes ${longestNotes}`, {
    hint: 'cut them, and link to the whole',
  })
}

/**
 * The text of the release's page.
 *
 * @throws UsageError for a text that is longer than GitHub takes
 */
export function notesOf(
  deps: PublishDeps,
  { subject, notes }: PublishRequest,
  { tag, source, remote: { tags } }: PublishFacts,
): Promise<string> | string {
  if (notes.kind === 'text') return expectShort(notes.text)
  const { head, dir } = source
  const github = notes.kind === 'github'
  return notesFor(deps, { subject, tag, commit: head, source: dir, tags, github })
}
