import { GitHubNotFoundError, UsageError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { tagFor } from '../find.js'
import { nameOfSubject, type ReleaseSubject } from '../info.js'
import {
  previousTag,
  type TagTemplate,
  templateOf,
  usualTemplate,
  versionIn,
  versionTags,
} from '../versions.js'
import type { NotesRange, NotesRequest } from './history.js'

type RangeRequest = Pick<NotesRequest, 'subject' | 'tag' | 'commit' | 'previous'>

/**
 * Finds both ends of the notes.
 *
 * @param tags all existing ones
 * @throws GitHubNotFoundError for an unknown tag; UsageError if the previous tag is ambiguous
 */
export function notesRangeOf(
  { subject, tag: named, commit, previous }: RangeRequest,
  tags: ReadonlySet<string>,
): NotesRange {
  const tag = named === null ? null : tagFor(subject, named, tags)
  if (tag !== null && commit === undefined && !tags.has(tag)) throw noTag(subject, tag, tags)
  if (previous === undefined) return { tag, previous: tagBefore(subject, tag, tags) }
  const before = tagFor(subject, previous, tags)
  if (!tags.has(before)) throw noTag(subject, before, tags)
  return { tag, previous: before }
}

function tagBefore(
  { component }: ReleaseSubject,
  tag: string | null,
  tags: ReadonlySet<string>,
): string | null {
  const template = component?.tag ?? (tag === null ? templateAmong(tags) : templateOf(tag))
  const version = template === null || tag === null ? null : versionIn(template, tag)
  if (template !== null && (tag === null || version !== null)) {
    return previousTag(template, version, tags)?.tag ?? null
  }
  if ([...tags].every((other) => other === tag)) return null
  throw new UsageError(
    `${oneLine(tag ?? '', 100)} names no version, so nobody knows which tag was before it`,
    { hint: [{ flag: 'previous', value: 'TAG' }, ' says it'] },
  )
}

/** Outside components version tags have a v, or none. */
const templateAmong = (tags: ReadonlySet<string>): TagTemplate =>
  versionTags(usualTemplate, tags).length > 0 || versionTags('{version}', tags).length === 0
    ? usualTemplate
    : '{version}'

const mostListed = 10

function noTag(
  subject: ReleaseSubject,
  tag: string,
  tags: ReadonlySet<string>,
): GitHubNotFoundError {
  const template = subject.component?.tag ?? templateAmong(tags)
  const versions = versionTags(template, tags).map((one) => one.tag)
  const others =
    subject.component === null ? [...tags].filter((one) => !versions.includes(one)) : []
  const all = [...versions, ...others]
  const more = all.length > mostListed ? `, and ${all.length - mostListed} more` : ''
  return new GitHubNotFoundError(`${nameOfSubject(subject)} has no tag ${oneLine(tag, 100)}`, {
    hint:
      all.length === 0
        ? 'it has no tags yet'
        : `there are ${oneLine(all.slice(0, mostListed).join(', '), 400)}${more}`,
  })
}
