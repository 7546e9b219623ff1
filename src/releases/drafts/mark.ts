import { createHash } from 'node:crypto'
import { nameOfSubject, type ReleaseSubject } from '../info.js'

/** At the end of a body; GitHub's page does not show an HTML comment. */
const pattern = /\s*<!-- wizard:release (\S+) ([0-9a-f]{16}) -->\s*$/

/** The most characters of a mark, so that notes leave room for it. */
export const longestMark = 500

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
export function withMark(body: string, maker: Maker, tag: string): string {
  const text = withoutMark(body)
  return `${text}\n\n<!-- wizard:release ${nameOfMark(maker, tag)} ${sumOf(text)} -->\n`
}

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
