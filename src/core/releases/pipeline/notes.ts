import { generateNotes } from '../../github/releases.js'
import type { ReleaseDeps } from '../deps.js'
import { expectShort } from '../notes-length.js'
import { previousTag } from '../versions.js'
import type { PublishFacts, PublishRequest } from './types.js'

/**
 * The text of the release's page.
 *
 * @throws UsageError for a text that is longer than GitHub takes
 */
export async function notesOf(
  deps: Pick<ReleaseDeps, 'github'>,
  { subject, notes }: PublishRequest,
  { tag, source, remote }: PublishFacts,
): Promise<string> {
  if (notes.kind === 'text') return expectShort(notes.text)
  const previous = previousTag(subject.component.tag, source.version, remote.tags)?.tag
  const { owner, repo } = subject
  const options = { tag, target: source.head, previousTag: previous }
  return (await generateNotes(deps.github, owner, repo, options)).body
}
