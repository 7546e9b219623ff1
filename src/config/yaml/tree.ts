import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import { hasVariables, interpolate, type Lookup, oneVariable } from './interpolate.js'
import type { Fault, Path, Place } from './place.js'
import type { YamlFile } from './yaml-file.js'

export interface ReadOptions {
  lookup: Lookup
  /** Whether `${…}` at this path is literal, for a shell for example. */
  isLiteral(path: Path): boolean
  /** Whether a value that is one unset `${NAME}`, or empty, counts as missing. */
  mayBeUnset(path: Path): boolean
}

/** The values of a file, and their positions. */
export interface Tree {
  value: unknown
  /** The position of the path, or of its nearest existing parent. */
  place(path: Path): Place
  /** undefined if the file has nothing there. */
  exactPlace(path: Path): Place | undefined
  faults: Fault[]
}

/**
 * Converts the nodes of a file to plain values: replaces `${…}`, and follows aliases and merge keys
 * (`<<`). The library's `toJS` has no positions, allows tags that create other classes and
 * collections as keys, and does not limit the expansion of aliases.
 */
export function readYamlTree(file: YamlFile, options: ReadOptions): Tree {
  const reader = new TreeReader(options)
  const { value } = reader.read(file.contents, [])
  const top: Place = {
    key: undefined,
    value: offsetOf(file.contents),
    text: undefined,
    quoted: false,
    variables: undefined,
  }
  const find = (path: Path): { place: Place; exact: boolean } => {
    let place = top
    let container = value
    for (const step of path) {
      const inner = isContainer(container) ? reader.places.get(container)?.get(step) : undefined
      if (inner === undefined) return { place, exact: false }
      place = inner
      container = (container as Record<string | number, unknown>)[step]
    }
    return { place, exact: true }
  }
  return {
    value,
    faults: reader.faults,
    place: (path) => find(path).place,
    exactPlace(path) {
      const { place, exact } = find(path)
      return exact ? place : undefined
    },
  }
}

export type Container = Record<string, unknown> | unknown[]

export const isContainer = (value: unknown): value is Container =>
  typeof value === 'object' && value !== null

interface Read {
  value: unknown
  text?: string | undefined
  variables?: readonly string[]
}

const nothing: Read = { value: undefined }

export const offsetOf = (node: Node): number => node.range?.[0] ?? 0

/** Far more than any real file; a few nested aliases exceed it. */
const mostNodes = 500_000

const plainTags = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((tag) => `tag:yaml.org,2002:${tag}`),
)

/** Reads the nodes of one file, and records the position of each value. */
export class TreeReader {
  readonly faults: Fault[] = []
  readonly places = new WeakMap<Container, Map<string | number, Place>>()
  private readonly options: ReadOptions
  private readonly anchors = new Map<string, Node>()
  private readonly open = new Set<Node>()
  private visited = 0

  constructor(options: ReadOptions) {
    this.options = options
  }

  read(node: Node | null | undefined, path: Path): Read {
    if (node == null) return { value: null }
    if (++this.visited > mostNodes) return this.tooMuch(node)
    if (isAlias(node)) return this.alias(node.source, node, path)
    if ('anchor' in node && node.anchor) this.anchors.set(node.anchor, node)
    if (node.tag && !plainTags.has(node.tag)) return this.fault(node, path, 'a tag; expected none')
    if (isScalar(node)) return this.scalar(node, path)
    this.open.add(node)
    const value = isMap(node)
      ? this.map(node, path)
      : isSeq(node)
        ? this.list(node.items, path)
        : null
    this.open.delete(node)
    return { value }
  }

  private alias(name: string, node: Node, path: Path): Read {
    const target = this.anchors.get(name)
    if (target === undefined) return this.fault(node, path, `no anchor "&${name}" before it`)
    if (this.open.has(target)) return this.fault(node, path, `"*${name}" contains itself`)
    return this.read(target, path)
  }

  private scalar(node: Scalar, path: Path): Read {
    const { value, source } = node
    if (typeof value !== 'string') return { value, text: source }
    if (value === '' && this.options.mayBeUnset(path)) return nothing
    if (!hasVariables(value) || this.options.isLiteral(path)) return { value, text: source }
    const { text, variables, unset, problem } = interpolate(value, this.options.lookup)
    if (problem !== undefined) return this.fault(node, path, problem)
    if (unset.length === 0) return { value: text, text: source, variables }
    if (oneVariable(value) && this.options.mayBeUnset(path)) return nothing
    return this.fault(node, path, `the variable ${unset[0]} is not set`, {
      hint: `set ${unset[0]}, or write \${${unset[0]}:-a default}`,
    })
  }

  private list(items: unknown[], path: Path): unknown[] {
    const list: unknown[] = []
    const places = this.placesOf(list)
    for (const [index, item] of items.entries()) {
      const node = item as Node | null
      const read = this.read(node, [...path, index])
      places.set(list.length, place(undefined, node, read))
      if (read !== nothing) list.push(read.value)
    }
    return list
  }

  private map(node: YAMLMap, path: Path): Record<string, unknown> {
    const map: Record<string, unknown> = {}
    const places = this.placesOf(map)
    const merged: Pair[] = []
    for (const pair of node.items) {
      const key = this.keyOf(pair, path)
      if (key === undefined) continue
      if (key === '<<') {
        merged.push(pair)
        continue
      }
      const read = this.read(pair.value as Node | null, [...path, key])
      if (read === nothing) continue
      map[key] = read.value
      places.set(key, place(pair.key as Node, pair.value as Node | null, read))
    }
    for (const pair of merged) this.merge(map, pair.value as Node | null, path)
    return map
  }

  /** https://yaml.org/type/merge.html: existing keys stay, and earlier maps of a list win. */
  private merge(map: Record<string, unknown>, node: Node | null, path: Path): void {
    const { value } = this.read(node, path)
    for (const from of Array.isArray(value) ? value : [value]) {
      if (!isContainer(from) || Array.isArray(from)) {
        this.faults.push({
          path: [...path, '<<'],
          message: 'expected an alias of a map, or a list of them',
          offset: node ? offsetOf(node) : 0,
        })
        continue
      }
      for (const [key, item] of Object.entries(from)) {
        if (Object.hasOwn(map, key)) continue
        map[key] = item
        const where = this.places.get(from)?.get(key)
        if (where) this.placesOf(map).set(key, where)
      }
    }
  }

  private keyOf({ key }: Pair, path: Path): string | undefined {
    if (isScalar(key) && key.value !== null) {
      const name = typeof key.value === 'string' ? key.value : String(key.source)
      if (name !== '__proto__') return name
    }
    this.fault(key as Node, path, 'expected a name as key')
    return undefined
  }

  private placesOf(container: Container): Map<string | number, Place> {
    const places = this.places.get(container) ?? new Map<string | number, Place>()
    this.places.set(container, places)
    return places
  }

  private tooMuch(node: Node): Read {
    if (this.visited > mostNodes + 1) return nothing
    const count = mostNodes.toLocaleString('en')
    const why =
      this.anchors.size === 0
        ? `it has more than ${count} values`
        : `it has more than ${count} values, its aliases included`
    return this.fault(node, [], why)
  }

  private fault(node: Node, path: Path, message: string, more: { hint?: string } = {}): Read {
    this.faults.push({ path, message, offset: offsetOf(node), ...more })
    return nothing
  }
}

function place(key: Node | undefined, node: Node | null, { text, variables }: Read): Place {
  const at = key && offsetOf(key)
  const quoted = isScalar(node) && node.type?.startsWith('QUOTE') === true
  return { key: at, value: node ? offsetOf(node) : (at ?? 0), text, quoted, variables }
}
