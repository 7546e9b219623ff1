import { UsageError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
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
 * Replaces an argument that is a placeholder; any other stays as it is. A value never becomes an
 * option of the command, nor a part of another argument.
 *
 * @returns empty for a value that is missing
 * @throws UsageError for a value that begins with `-` or contains a NUL
 */
export function fillPlaceholder(text: string, input: HandlerInput): string {
  const [, name] = /^\{([^{}]+)\}$/.exec(text) ?? []
  if (name === undefined) return text
  const value = placeholderValue(name, input)
  if (value === undefined) return text
  if (value.startsWith('-') || value.includes('\0')) {
    const why = value.startsWith('-') ? 'begins with -' : 'contains a NUL'
    throw new UsageError(`${text} is ${oneLine(JSON.stringify(value), 80)}, which ${why}`, {
      hint: 'the command reads it from its environment or its standard input',
    })
  }
  return value
}

/** undefined: it is not a placeholder. */
function placeholderValue(
  name: string,
  { delivery, facts, payload }: HandlerInput,
): string | undefined {
  if (name.startsWith('payload.')) return textOf(valueAt(payload, name.slice('payload.'.length)))
  if (name === 'delivery') return delivery
  const { event, action, repo, ref, branch, tag, sha, sender } = facts
  const known: Record<string, string | null> = {
    event,
    action,
    repo,
    ref,
    branch,
    tag,
    sha,
    sender,
  }
  return Object.hasOwn(known, name) ? (known[name] ?? '') : undefined
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
