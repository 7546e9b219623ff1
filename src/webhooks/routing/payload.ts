import { bodyFormatOf } from '../body-format.js'

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
  // Few brackets can't nest deeply, and are counted faster.
  if (hasMoreBrackets(text, deepest) && depthOf(text) > deepest)
    return { fault: `the payload is nested deeper than ${deepest} levels` }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { fault: 'the payload is not JSON' }
  }
  return isObject(value) ? { payload: value } : { fault: 'the payload is not a JSON object' }
}

function textOf(body: Uint8Array, contentType: string | undefined): string | null {
  // A byte order mark is left out, and invalid bytes are replaced: the signature has held for them.
  const text = new TextDecoder().decode(body)
  if (bodyFormatOf(contentType) !== 'form') return text
  return new URLSearchParams(text).get('payload')
}

/** Whether so many open, in strings or not. */
function hasMoreBrackets(text: string, limit: number): boolean {
  let count = 0
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      if (++count > limit) return true
    }
  }
  return false
}

/**
 * Counts brackets outside of strings, before anything recursive sees the text. Not by a regular
 * expression: a string of some megabytes overflows its stack.
 */
function depthOf(text: string): number {
  let depth = 0
  let most = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = endOfString(text, at + 1)
    else if (character === '[' || character === '{') most = Math.max(most, ++depth)
    else if (character === ']' || character === '}') depth--
  }
  return most
}

/** Where the closing quote is; the end of the text if there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    if (text[at] === '"') return at
    if (text[at] === '\\') at++
  }
  return text.length
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
