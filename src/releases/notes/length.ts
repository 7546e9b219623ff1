import { UsageError } from '../../base/errors.js'
import { longestNotes } from '../drafts/mark.js'

/** @throws UsageError for notes that are longer than GitHub accepts */
export function assertShort(text: string): string {
  if (text.length <= longestNotes) return text
  throw new UsageError(`the notes have ${text.length} characters; GitHub takes ${longestNotes}`, {
    hint: 'cut them, and link to the whole',
  })
}
