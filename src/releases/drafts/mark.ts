import { createHash } from 'node:crypto'
import { nameOfSubject, type ReleaseSubject } from '../info.js'

/** At the end of a body; GitHub's page does not show a comment of HTML. */
const pattern = /\s*<!-- wizard:release (\S+) ([0-9a-f]{16}) -->\s*$/

/** Characters that a mark may take, so that notes leave room for it. */
export const longestMark = 500

/** Characters of a body that GitHub takes. */
const longestBody = 125_000
export const longestNotes = longestBody - longestMark

/** Which of our verbs made a draft, and of what: they do not touch each other's. */
export interface Maker {
  verb: 'publish' | 'create'
  subject: ReleaseSubject
}

/** Says of a draft that it is ours, of this subject and tag. */
const nameOfMark = ({ verb, subject }: Maker, tag: string): string =>
  `${verb}:${encodeURIComponent(nameOfSubject(subject))}@${encodeURIComponent(tag)}`

/** The body with the mark at its end, in place of any other. */
export function withMark(body: string, maker: Maker, tag: string): string {
  const text = withoutMark(body)
  return `${text}\n\n<!-- wizard:release ${nameOfMark(maker, tag)} ${sumOf(text)} -->\n`
}

export const isMarked = (body: string, maker: Maker, tag: string): boolean =>
  pattern.exec(body)?.[1] === nameOfMark(maker, tag)

/** Whether nobody has changed the text since the mark was set. */
export const isAsMarked = (body: string): boolean =>
  pattern.exec(body)?.[2] === sumOf(withoutMark(body))

/** What a person wrote or reads. */
export const withoutMark = (body: string): string => body.replace(pattern, '')

/** Another text for a body, which keeps the mark that the old one has. */
export const keepMark = (text: string, old: string): string =>
  `${withoutMark(text)}${pattern.exec(old)?.[0] ?? ''}`

/** Line ends are the editor's business: GitHub's page sends CR and LF. */
const sumOf = (text: string): string =>
  createHash('sha256').update(text.replace(/\r\n/g, '\n').trim()).digest('hex').slice(0, 16)
