import { notesFor } from '../notes.js'
import { expectShort } from '../notes-length.js'
import type { PublishDeps } from './publish.js'
import type { PublishFacts, PublishRequest } from './types.js'

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
