import { UsageError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { type Placeholder, parsePlaceholder } from '../../config/schema/webhook-placeholders.js'
import type { EventFacts } from '../routing/facts.js'
import { valueAt } from '../routing/payload.js'

/** What a delivery gives to a handler. */
export interface HandlerInput {
  /** GitHub's id of the event. */
  delivery: string
  facts: EventFacts
  payload: Record<string, unknown>
}

/**
 * The value of an argument that is a placeholder, empty if the delivery has none; any other argument
 * stays as it is. A value never becomes an option of the command, nor a part of another argument.
 *
 * @throws UsageError for a value that begins with `-` or contains a NUL
 */
export function fillPlaceholder(text: string, input: HandlerInput): string {
  const placeholder = parsePlaceholder(text)
  if (placeholder === null) return text
  const value = lookUp(placeholder, input)
  if (value.startsWith('-') || value.includes('\0')) {
    const why = value.startsWith('-') ? 'begins with -' : 'contains a NUL'
    throw new UsageError(`${text} is ${oneLine(JSON.stringify(value), 80)}, which ${why}`, {
      hint: 'the command reads it from its environment or its standard input',
    })
  }
  return value
}

function lookUp(placeholder: Placeholder, { delivery, facts, payload }: HandlerInput): string {
  if ('path' in placeholder) return textOf(valueAt(payload, placeholder.path))
  const { fact } = placeholder
  return fact === 'delivery' ? delivery : (facts[fact] ?? '')
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
