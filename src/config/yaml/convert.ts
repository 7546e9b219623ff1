import type { z } from 'zod/mini'
import { explain } from '../schema/explain.js'
import type { Path } from './place.js'
import type { Tree } from './tree.js'

/**
 * Converts a variable's text to a number or boolean if the schema expects one: for YAML `${N:-8}`
 * is text. Only the schema can decide that, because a token may be all digits.
 */
export function convertTree<T>(schema: z.ZodMiniType<T>, tree: Tree) {
  const first = schema.safeParse(tree.value, { error: explain })
  if (first.success) return first
  const converted = wrongTypes(first.error.issues, []).filter(
    ({ path, expected }) =>
      tree.exactPlace(path)?.variables !== undefined && convert(tree.value, path, expected),
  )
  return converted.length === 0 ? first : schema.safeParse(tree.value, { error: explain })
}

interface WrongType {
  path: Path
  expected: string
}

/** Of each alternative that a value may have. */
function wrongTypes(issues: readonly z.core.$ZodIssue[], above: Path): WrongType[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...(issue.path as Path)]
    if (issue.code === 'invalid_type') return [{ path, expected: issue.expected }]
    if (issue.code !== 'invalid_union') return []
    return issue.errors.flatMap((inner) => wrongTypes(inner, path))
  })
}

function convert(top: unknown, path: Path, expected: string): boolean {
  const container = path.slice(0, -1).reduce((value, step) => child(value, step), top)
  const last = path.at(-1)
  if (last === undefined || typeof container !== 'object' || container === null) return false
  const value = fromText(child(container, last), expected)
  if (value === undefined) return false
  Object.assign(container, { [last]: value })
  return true
}

const child = (value: unknown, step: string | number): unknown =>
  (value as Record<string | number, unknown>)[step]

/** Converts a text to a number or boolean; undefined if it is not one, or none is expected. */
export function fromText(text: unknown, expected: string): number | boolean | undefined {
  if (typeof text !== 'string') return undefined
  if (expected === 'boolean') return flags.get(text.trim().toLowerCase())
  const isNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text.trim())
  return isNumber && (expected === 'number' || expected === 'int') ? Number(text) : undefined
}

const flags = new Map([
  ['true', true],
  ['false', false],
])
