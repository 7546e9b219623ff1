import { GitHubNotFoundError, UsageError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { tagFor } from '../find.js'
import { nameOfSubject, type ReleaseSubject } from '../info.js'
import {
  isVersion,
  previousTag,
  type TagTemplate,
  tagOf,
  templateOf,
  usualTemplate,
  versionIn,
  versionTags,
} from '../versions/versions.js'
import type { NotesRange, NotesRequest } from './history.js'

type RangeRequest = Pick<NotesRequest, 'subject' | 'tag' | 'next' | 'commit' | 'previous'>

/**
 * Finds both ends of the notes. The tag of a version need not exist yet.
 *
 * @param tags all existing ones
 * @throws GitHubNotFoundError for an unknown tag; UsageError if the previous tag is ambiguous
 */
export function notesRangeOf(
  { subject, tag: named, next, commit, previous }: RangeRequest,
  tags: ReadonlySet<string>,
): NotesRange {
  const tag = named === null ? nextTag(subject, next, tags) : tagNamed(subject, named, tags)
  const isPlanned = tag !== null && !tags.has(tag)
  if (isPlanned && commit === undefined && !isVersionTag(subject, tag)) {
    throw noTag(subject, tag, tags)
  }
  if (previous === undefined) return { tag, isPlanned, previous: tagBefore(subject, tag, tags) }
  const before = tagFor(subject, previous, tags)
  if (!tags.has(before)) throw noTag(subject, before, tags)
  return { tag, isPlanned, previous: before }
}

/** Outside components, a bare version that is to come becomes a tag like the existing ones. */
function tagNamed(subject: ReleaseSubject, named: string, tags: ReadonlySet<string>): string {
  const tag = tagFor(subject, named, tags)
  if (subject.component !== null || tags.has(tag) || !isVersion(tag)) return tag
  return tagOf(templateAmong(tags), tag)
}

/** null if there is no version to come: the notes are of what is not released yet. */
function nextTag(
  { component }: ReleaseSubject,
  next: string | null | undefined,
  tags: ReadonlySet<string>,
): string | null {
  const tag = component === null || !next ? null : tagOf(component.tag, next)
  return tag === null || tags.has(tag) ? null : tag
}

function isVersionTag({ component }: ReleaseSubject, tag: string): boolean {
  const template = component?.tag ?? templateOf(tag)
  return template !== null && versionIn(template, tag) !== null
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
    `${oneLine(tag ?? '', 100)} contains no version, so the tag before it is unknown`,
    { hint: [{ flag: 'previous', value: 'TAG' }, ' names it'] },
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
        : `available: ${oneLine(all.slice(0, mostListed).join(', '), 400)}${more}`,
  })
}
