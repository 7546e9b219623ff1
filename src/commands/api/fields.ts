import { UsageError } from '../../base/errors.js'

/** `key=value` is text, `key:=json` is JSON: numbers, true, lists. @throws UsageError */
export function parseFields(assignments: string[]): Record<string, unknown> {
  const fields = assignments.map((text) => {
    const [, key = '', operator, value = ''] = /^([^=:]+)(:=|=)(.*)$/s.exec(text) ?? []
    if (operator === undefined) {
      throw new UsageError(`${text} is not key=value`, {
        hint: 'write key=value for text, key:=5 for JSON',
      })
    }
    return [key, operator === '=' ? value : parseJson(text, value)] as const
  })
  return Object.fromEntries(fields)
}

function parseJson(text: string, value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    throw new UsageError(`${text}: what follows := is not valid JSON`)
  }
}
