import { nameOfSubject } from './find.js'
import type { ReleaseSubject } from './types.js'

/** At the end of a body; GitHub's page does not show a comment of HTML. */
const pattern = /\s*<!-- wizard:release (\S+) -->\s*$/

/** Characters that a mark may take, so that notes leave room for it. */
export const longestMark = 500

/** Says of a draft that a pipeline of ours made it for this subject and tag. */
const nameOfMark = (subject: ReleaseSubject, tag: string): string =>
  `${encodeURIComponent(nameOfSubject(subject))}@${encodeURIComponent(tag)}`

/** The body with the mark at its end, in place of any other. */
export const withMark = (body: string, subject: ReleaseSubject, tag: string): string =>
  `${withoutMark(body)}\n\n<!-- wizard:release ${nameOfMark(subject, tag)} -->\n`

export const isMarked = (body: string, subject: ReleaseSubject, tag: string): boolean =>
  pattern.exec(body)?.[1] === nameOfMark(subject, tag)

/** What a person wrote or reads. */
export const withoutMark = (body: string): string => body.replace(pattern, '')

/** Another text for a body, which keeps the mark that the old one has. */
export const keepMark = (text: string, old: string): string =>
  `${withoutMark(text)}${pattern.exec(old)?.[0] ?? ''}`
