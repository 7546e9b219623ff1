import { createHash } from 'node:crypto'
import { ConflictError, UsageError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { Release } from '../../github/rest/releases.js'
import { nameOfSubject, type ReleaseSubject } from '../info.js'
import { type DraftOwner, formatOwner, parseOwner } from './owner.js'

/**
 * At the end of a body; GitHub's page does not show an HTML comment. It names the draft, its text's
 * sum and, while a run fills it, that run; then, for good, that it was published.
 */
const pattern =
  /\s*<!-- wizard:release (\S+) ([0-9a-f]{16})(?: by (\S+(?: \S+){5})| (published))? -->\s*$/

/** The most characters of a mark, so that notes leave room for it. */
export const longestMark = 700

/** The most characters of a body on GitHub. */
const longestBody = 125_000
export const longestNotes = longestBody - longestMark

/** The verb that made a draft, and its subject: verbs do not touch each other's drafts. */
export interface Maker {
  verb: 'publish' | 'create'
  subject: ReleaseSubject
}

/** Identifies a draft as ours, of this subject and tag. */
const nameOfMark = ({ verb, subject }: Maker, tag: string): string =>
  `${verb}:${encodeURIComponent(nameOfSubject(subject))}@${encodeURIComponent(tag)}`

/** Puts the mark at the end of the body, in place of any other. */
export function withMark(
  body: string,
  maker: Maker,
  tag: string,
  owner: DraftOwner | null = null,
): string {
  const text = withoutMark(body)
  const mark = `<!-- wizard:release ${nameOfMark(maker, tag)} ${sumOf(text)}${ownerPart(owner)}`
  return `${text}\n\n${mark}\n`
}

/** The run that fills the draft; null: none, or it has let go. */
export function ownerIn(body: string): DraftOwner | null {
  const line = pattern.exec(body)?.[3]
  return line === undefined ? null : parseOwner(line)
}

/**
 * Replaces the owner alone: a text that somebody edited still counts as edited. A body without a
 * mark stays as it is.
 */
export const withOwner = (body: string, owner: DraftOwner | null): string =>
  withState(body, ownerPart(owner))

/** Says in the mark that it was published, whoever makes it a draft again. */
export const asPublished = (body: string): string => withState(body, ' published -->')

export const isMarkedPublished = (body: string): boolean => pattern.exec(body)?.[4] !== undefined

const withState = (body: string, state: string): string =>
  body.replace(pattern, (mark) => mark.replace(/(?: by [^>]*| published)? -->/, state))

const ownerPart = (owner: DraftOwner | null): string =>
  `${owner === null ? '' : ` by ${formatOwner(owner)}`} -->`

export const isMarked = (body: string, maker: Maker, tag: string): boolean =>
  pattern.exec(body)?.[1] === nameOfMark(maker, tag)

/** Whether nobody has changed the text since the mark was set. */
export const isAsMarked = (body: string): boolean =>
  pattern.exec(body)?.[2] === sumOf(withoutMark(body))

/** The text that people write and read. */
export const withoutMark = (body: string): string => body.replace(pattern, '')

/** Replaces the text of a body and keeps the old body's mark. */
export const keepMark = (text: string, old: string): string =>
  `${withoutMark(text)}${pattern.exec(old)?.[0] ?? ''}`

/** Ignores line ends, because GitHub's page sends CR and LF. */
const sumOf = (text: string): string =>
  createHash('sha256').update(text.replace(/\r\n/g, '\n').trim()).digest('hex').slice(0, 16)

/** @throws UsageError for notes that are longer than GitHub accepts */
export function assertShort(text: string): string {
  if (text.length <= longestNotes) return text
  throw new UsageError(`the notes have ${text.length} characters; GitHub takes ${longestNotes}`, {
    hint: 'shorten them, and link to the full text',
  })
}

/**
 * Whether a draft is a release that somebody took back. Its assets may have been downloaded, so no run
 * replaces them. Our mark says so, and GitHub's time of publication, where it keeps that.
 */
export const wasPublished = ({ draft, body, published_at: at }: Release): boolean =>
  draft && (isMarkedPublished(body) || at !== null)

/** The error for a run that would fill such a draft. */
export function takenBack(subject: ReleaseSubject, { tag_name: tag, url }: Release): ConflictError {
  const target = `${nameOfSubject(subject)}@${oneLine(tag, 100)}`
  return new ConflictError(
    `${oneLine(tag, 100)} was published, and then turned back into a draft: ${url}`,
    {
      hint: [
        'its assets may be in use: ',
        { verb: ['RELEASE', 'EDIT'], target, flags: { draft: 'false' } },
        ' publishes it again; otherwise raise the version, or delete it: ',
        { verb: ['RELEASE', 'DELETE'], target, brief: true },
      ],
    },
  )
}
