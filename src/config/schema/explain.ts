import type { z } from 'zod/mini'
import { nearest, oneLine } from '../../base/text.js'
import type { Fault, Path, Place } from '../yaml/place.js'

type Issue = z.core.$ZodIssue
type RawIssue = z.core.$ZodRawIssue

/** Messages for zod's own checks, passed to its parse. A schema's `error` takes precedence. */
export function explain(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${types[issue.expected] ?? issue.expected}`
    case 'too_small':
      return `expected ${issue.inclusive ? 'at least' : 'more than'} ${amount(issue.minimum, issue.origin)}`
    case 'too_big':
      return `expected at most ${amount(issue.maximum, issue.origin)}`
    case 'invalid_value':
      return `expected ${issue.values.length > 2 ? 'one of ' : ''}${issue.values.join(issue.values.length > 2 ? ', ' : ' or ')}`
    case 'unrecognized_keys':
      return knownKeys(issue.inst).join(separator)
    default:
      return 'expected something else'
  }
}

/** Separates the known keys in a message from zod to us, which has no other field for them. */
const separator = '\n'

const types: Partial<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
}

const amount = (bound: number | bigint, origin: string) =>
  origin === 'array'
    ? `${bound} in the list`
    : origin === 'string'
      ? `${bound} character`
      : `${bound}`

function knownKeys(schema: unknown): string[] {
  const shape = (schema as { shape?: unknown } | undefined)?.shape
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : []
}

/** Converts zod's issues to faults at their paths. */
export function faultsOf(
  issues: readonly Issue[],
  placeOf: (path: Path) => Place | undefined,
): Fault[] {
  return issues.flatMap((issue) => faults(issue, [], placeOf))
}

function faults(issue: Issue, above: Path, placeOf: (path: Path) => Place | undefined): Fault[] {
  const path = [...above, ...(issue.path as (string | number)[])]
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(separator)
    return issue.keys.map((key) => unknownKey([...path, key], known))
  }
  if (issue.code === 'invalid_key') {
    return [{ path, at: 'key', message: issue.issues[0]?.message ?? issue.message }]
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    return closest(issue.errors).flatMap((inner) => faults(inner, path, placeOf))
  }
  return [badValue(issue, path, placeOf(path))]
}

function unknownKey(path: Path, known: readonly string[]): Fault {
  const near = nearest(String(path.at(-1)), known)[0]
  const remedy = near
    ? `did you mean "${near}"?`
    : `expected ${known.length > 1 ? 'one of ' : ''}${known.join(', ')}`
  return { path, at: 'key', message: `unknown key; ${remedy}`, nearest: near }
}

/**
 * The alternative that the value is closest to: a wrong type is furthest, then the number of errors
 * counts.
 */
function closest(alternatives: readonly Issue[][]): Issue[] {
  const known = alternatives.map((issues) => ({ issues, far: distanceOf(issues) }))
  known.sort((one, other) => one.far - other.far)
  const [best, ...others] = known
  if (best === undefined) return []
  const kinds = known.flatMap(({ issues }) => issues.filter(isWrongKind))
  if (best.far < wrongKind || others.length === 0) return best.issues
  const expected = new Set(kinds.map(({ message }) => message.replace(/^expected /, '')))
  return best.issues.map((issue) => ({
    ...issue,
    message: `expected ${[...expected].join(' or ')}`,
  }))
}

const wrongKind = 1_000
const isWrongKind = (issue: Issue) => issue.code === 'invalid_type' && issue.path.length === 0

function distanceOf(issues: readonly Issue[]): number {
  return issues.reduce((far, issue) => {
    if (isWrongKind(issue)) return far + wrongKind
    return far + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1)
  }, 0)
}

function badValue(issue: Issue, path: Path, place: Place | undefined): Fault {
  const { message } = issue
  if (place === undefined) return { path, at: 'missing', message: `missing; ${message}` }
  const got = shown(path, place)
  const known = issue.code === 'invalid_value' ? issue.values.map(String) : []
  const near = place.text === undefined ? undefined : nearest(place.text, known)[0]
  const remedy = near ? `; did you mean "${near}"?` : quoting(issue, place)
  return { path, message: `${message}${got}${remedy}`, nearest: near }
}

/** Keys whose values may contain a secret, so messages never show them. */
const secretKeys = new Set(['token', 'secret', 'proxy', 'base_url', 'git_url', 'url'])

/** The value as written in the file: a variable's name, not its content. */
function shown(path: Path, { text, quoted }: Place): string {
  const secret = path.some((step) => secretKeys.has(String(step)))
  if (secret || text === undefined) return ''
  const line = oneLine(text, 60)
  if (quoted) return `, got ${JSON.stringify(line)}`
  return line === '' ? ', got nothing' : `, got ${line}`
}

/** YAML reads 1.10 as a number and true as a boolean, so the hint says to quote them. */
function quoting(issue: Issue, { text }: Place): string {
  const isText = issue.code === 'invalid_type' && issue.expected === 'string'
  return isText && text ? '; put it in quotes' : ''
}
