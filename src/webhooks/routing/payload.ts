/** The object that a delivery carries, or why it can't be handled. */
export type ReadPayload = { payload: Record<string, unknown> } | { fault: string }

/** How deep a payload may be nested. */
const deepest = 200

/**
 * Reads a body as GitHub sends it, as JSON or as a form whose `payload` is JSON. Never throws: a
 * payload that can't be read is a dead delivery.
 */
export function readPayload(body: Uint8Array, contentType: string | undefined): ReadPayload {
  const text = textOf(body, contentType)
  if (text === null) return { fault: 'the form has no payload' }
  if (depthOf(text) > deepest)
    return { fault: `the payload is nested deeper than ${deepest} levels` }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { fault: 'the payload is not JSON' }
  }
  return isObject(value) ? { payload: value } : { fault: 'the payload is not a JSON object' }
}

function textOf(body: Uint8Array, contentType = ''): string | null {
  // A byte order mark is left out, and invalid bytes are replaced: the signature has held for them.
  const text = new TextDecoder().decode(body)
  if (!/^application\/x-www-form-urlencoded\b/i.test(contentType)) return text
  return new URLSearchParams(text).get('payload')
}

/** Counts brackets outside of strings, before anything recursive sees the text. */
function depthOf(text: string): number {
  let depth = 0
  let most = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '[' || token === '{') most = Math.max(most, ++depth)
    else if (token === ']' || token === '}') depth--
  }
  return most
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A value at a dotted path: `pull_request.head.ref`, `commits.0.id`. Only own properties count, so
 * that `__proto__` is a key like any other. undefined if there is none.
 */
export function valueAt(payload: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    return (value as Record<string, unknown>)[key]
  }, payload)
}

/** A text at a path; null if it is missing, empty or something else. */
export function textAt(payload: unknown, path: string): string | null {
  const value = valueAt(payload, path)
  return typeof value === 'string' && value !== '' ? value : null
}
