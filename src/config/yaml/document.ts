import type { z } from 'zod/mini'
import {
  ConfigError,
  type ErrorOptions,
  type ErrorPlace,
  PathError,
  type WizardError,
} from '../../base/errors.js'
import { resolveInside } from '../locate/root.js'
import { faultsOf } from '../schema/explain.js'
import { convertTree } from './convert.js'
import { type Fault, formatKeyPath, type Path, type Position, type Source } from './place.js'
import { isContainer, type ReadOptions, readYamlTree, type Tree } from './tree.js'
import type { YamlFile } from './yaml-file.js'

/** A file whose values match its schema, and their positions. */
export interface ConfigDocument<T> {
  value: T
  position(path: Path): Position
  /** undefined if the file does not have it, so that the value is a default. */
  source(path: Path): Source | undefined
  /** `file:line:column: key` for other messages, and the same as data. */
  where(path: Path): { shown: string; place: ErrorPlace }
  /** A scalar as written, before variables were replaced. */
  text(path: Path): string | undefined
  /** Resolves a path from the file inside a folder. @throws PathError */
  inside(folder: string, path: Path, value: string): string
  /**
   * Throws the first fault, with the others in its details; returns if there is none.
   *
   * @throws ConfigError, PathError
   */
  refuse(faults: readonly Fault[]): void
}

/**
 * @param isPart which top-level keys are read, of a file with more than one document's
 * @throws ConfigError for the first error, with the others in its details
 */
export function readDocument<T>(
  file: YamlFile,
  schema: z.ZodMiniType<T>,
  options: ReadOptions,
  isPart: (key: string | number) => boolean = always,
): ConfigDocument<T> {
  const tree = partOfTree(readYamlTree(file, options), isPart)
  const parsed = convertTree(schema, tree)
  const issues = parsed.success ? [] : faultsOf(parsed.error.issues, tree.exactPlace)
  refuse(file, tree, [...tree.faults, ...issues.filter((fault) => !isFollowUp(fault, tree.faults))])
  return {
    value: parsed.data as T,
    position: (path) => positionOf(file, offset(tree, { path, message: '' })),
    source: (path) => sourceOf(file, tree, path),
    where: (path) => where(file, tree, { path, message: '' }),
    text: (path) => tree.exactPlace(path)?.text,
    inside: (folder, path, value) => inside(file, tree, path, () => resolveInside(folder, value)),
    refuse: (faults) => refuse(file, tree, faults),
  }
}

const always = () => true

/** Anchors are known in the whole file, so all of it has been read. */
function partOfTree(tree: Tree, isPart: (key: string | number) => boolean): Tree {
  const { value, faults } = tree
  if (isPart === always || !isContainer(value) || Array.isArray(value)) return tree
  return {
    ...tree,
    value: Object.fromEntries(Object.entries(value).filter(([key]) => isPart(key))),
    faults: faults.filter(({ path: [key] }) => key === undefined || isPart(key)),
  }
}

/** The schema also misses a value that could not be read; that is reported once. */
const isFollowUp = ({ path }: Fault, faults: readonly Fault[]): boolean =>
  faults.some((fault) => fault.path.every((step, index) => path[index] === step))

function refuse(file: YamlFile, tree: Tree, faults: readonly Fault[]): void {
  // A missing key may be present under a wrong name, so the wrong name comes first.
  const rank = (fault: Fault) => 2 * offset(tree, fault) + (fault.at === 'missing' ? 1 : 0)
  const [first, ...rest] = [...faults].sort((one, other) => rank(one) - rank(other))
  if (first === undefined) return
  const details = rest.map((fault) => errorOf(file, tree, fault))
  throw errorOf(file, tree, first, details)
}

function errorOf(file: YamlFile, tree: Tree, fault: Fault, details?: WizardError[]): WizardError {
  const { shown, place } = where(file, tree, fault)
  const options: ErrorOptions = { hint: fault.hint, details, place }
  const message = `${shown}: ${fault.message}`
  return fault.escapes ? new PathError(message, options) : new ConfigError(message, options)
}

function where(file: YamlFile, tree: Tree, fault: Fault): { shown: string; place: ErrorPlace } {
  const position = positionOf(file, offset(tree, fault))
  const key = formatKeyPath(fault.path)
  return {
    shown: `${file.shown}:${position.line}:${position.column}${key && `: ${key}`}`,
    place: { ...position, key: key || null, nearest: fault.nearest ?? null },
  }
}

function inside<T>(file: YamlFile, tree: Tree, path: Path, find: () => T): T {
  try {
    return find()
  } catch (error) {
    if (!(error instanceof PathError)) throw error
    const { message, remedy: hint } = error
    throw errorOf(file, tree, { path, message, hint, escapes: true })
  }
}

function offset(tree: Tree, { path, at, offset }: Fault): number {
  if (offset !== undefined) return offset
  const { key, value } = tree.place(path)
  return at === undefined ? value : (key ?? value)
}

function positionOf({ path, lines }: YamlFile, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { file: path, line, column: col }
}

function sourceOf(file: YamlFile, tree: Tree, path: Path): Source | undefined {
  const place = tree.exactPlace(path)
  if (place === undefined) return undefined
  const position = positionOf(file, place.value)
  return { from: 'file', position, variables: [...(place.variables ?? [])] }
}
