import {
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'

/*
 * Edits repos.yaml by splicing its text, so that everything else keeps every byte: comments, blank
 * lines, quotes, line ends. If the file has an unknown layout, they return null.
 */

export type NewYamlEntry = Record<string, string>

/** A file with these repositories only. */
export function firstEntries(group: string, entries: NewYamlEntry[]): string {
  return `repos:\n${groupLines(group, entries, 2, 2).join('\n')}\n`
}

/** Adds `repos:` with these repositories to the end of a file that has other keys. */
export function appendRepos(text: string, group: string, entries: NewYamlEntry[]): string | null {
  const { contents, errors } = parseDocument(text, { prettyErrors: false })
  const isPlain = errors.length === 0 && isMap(contents) && !contents.flow
  if (!isPlain || columnOf(text, nodeOffsetOf(contents)) > 0 || /^\.\.\.\s/m.test(text)) return null
  const newline = newlineOf(text)
  const between = text.endsWith('\n') ? '' : newline
  return `${text}${between}${firstEntries(group, entries).replaceAll('\n', newline)}`
}

/** Inserts the entries at the end of their group; a new group goes to the end of the file. */
export function insertEntries(text: string, group: string, entries: NewYamlEntry[]): string | null {
  const repos = reposOf(text)
  if (repos === null) return null
  const pair = repos.map.items.find(({ key }) => nameOf(key) === group)
  if (pair === undefined) return insertGroup(text, repos, group, entries)
  const list = pair.value
  if (!isSeq(list) || list.anchor) return null
  if (list.items.length === 0)
    return fillEmpty(text, list, listLines(entries, dashColumn(text, pair, repos)))
  if (list.flow) return insertAt(text, endOffsetOf(list.items.at(-1) as Node), `, ${flow(entries)}`)
  const column = columnOf(text, list.range?.[0] ?? 0)
  return insertLines(text, list, column, listLines(entries, column))
}

/** Removes the entry at an index of the group; an empty group stays, as `[]`. */
export function removeEntry(text: string, group: string, index: number): string | null {
  const pair = reposOf(text)?.map.items.find(({ key }) => nameOf(key) === group)
  const list = pair?.value
  if (!isSeq(list) || list.anchor || index >= list.items.length) return null
  if (list.flow) return removeFromFlow(text, list, index)
  const dash = dashesOf(list)[index]
  if (dash === undefined) return null
  const from = lineStart(text, dash)
  const column = dash - from
  if (text.slice(from, dash).trim() !== '') return null
  const to = endOfBlock(text, list.items[index] as Node, column + 1)
  const rest = text.slice(0, from) + text.slice(to)
  if (list.items.length > 1) return rest
  const colon = colonOf(pair)
  return colon === undefined ? null : insertAt(rest, colon + 1, ' []')
}

interface Repos {
  pair: Pair
  map: YAMLMap
}

function reposOf(text: string): Repos | null {
  const { contents, errors } = parseDocument(text, { keepSourceTokens: true, prettyErrors: false })
  if (errors.length > 0 || !isMap(contents)) return null
  const pair = contents.items.find(({ key }) => nameOf(key) === 'repos')
  const map = pair?.value
  return pair && isMap(map) && !map.anchor ? { pair, map } : null
}

const nameOf = (key: unknown): string | undefined =>
  isScalar(key) ? (typeof key.value === 'string' ? key.value : key.source) : undefined

function insertGroup(
  text: string,
  { pair, map }: Repos,
  group: string,
  entries: NewYamlEntry[],
): string | null {
  const [first] = map.items
  const last = map.items.at(-1)
  if (first === undefined || last === undefined) {
    const column = columnOf(text, nodeOffsetOf(pair.key)) + 2
    return fillEmpty(text, map, groupLines(group, entries, column, 2))
  }
  if (map.flow) {
    const end = endOffsetOf((last.value ?? last.key) as Node)
    return insertAt(text, end, `, ${scalar(group)}: [${flow(entries)}]`)
  }
  const column = columnOf(text, nodeOffsetOf(first.key))
  const step = dashColumn(text, undefined, { pair, map }) - column
  return insertLines(text, last.value as Node, column, groupLines(group, entries, column, step))
}

/** The column of a group's dashes, as in other groups. */
function dashColumn(text: string, pair: Pair | undefined, { map }: Repos): number {
  const key = pair ?? map.items[0]
  const column = columnOf(text, nodeOffsetOf(key?.key))
  for (const { key: other, value } of map.items) {
    if (!isSeq(value) || value.flow || value.items.length === 0) continue
    return column + columnOf(text, value.range?.[0] ?? 0) - columnOf(text, nodeOffsetOf(other))
  }
  return column + 2
}

function listLines(entries: NewYamlEntry[], column: number): string[] {
  return entries.flatMap((entry) =>
    Object.entries(entry).map(
      ([key, value], index) =>
        `${' '.repeat(column)}${index === 0 ? '- ' : '  '}${key}: ${scalar(value)}`,
    ),
  )
}

function groupLines(
  group: string,
  entries: NewYamlEntry[],
  column: number,
  step: number,
): string[] {
  return [`${' '.repeat(column)}${scalar(group)}:`, ...listLines(entries, column + step)]
}

const scalar = (value: string) => stringify(value, { lineWidth: 0 }).trimEnd()

/** Quotes text that YAML would read differently inside braces. */
const flow = (entries: NewYamlEntry[]) =>
  entries
    .map((entry) => stringify(entry, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd())
    .join(', ')

/** Inserts lines after a block and the comments below it that are indented at least as far. */
function insertLines(text: string, block: Node, column: number, lines: string[]): string {
  const at = endOfBlock(text, block, column)
  const newline = newlineOf(text)
  const before = at > 0 && text[at - 1] !== '\n' ? newline : ''
  return insertAt(text, at, `${before}${lines.join(newline)}${before ? '' : newline}`)
}

/** Replaces an empty `[]` or `{}` by lines, after the line's comment. */
function fillEmpty(text: string, empty: Node, lines: string[]): string {
  const [from = 0, to = 0] = empty.range ?? []
  const start = text.slice(0, from).trimEnd().length
  const end = lineEnd(text, to)
  const newline = newlineOf(text)
  const closed = end > 0 && text[end - 1] === '\n' ? '' : newline
  const after = closed ? '' : newline
  return `${text.slice(0, start)}${text.slice(to, end)}${closed}${lines.join(newline)}${after}${text.slice(end)}`
}

function removeFromFlow(text: string, list: YAMLSeq, index: number): string {
  const items = list.items as Node[]
  const item = items[index]
  const [before, after] = [items[index - 1], items[index + 1]]
  if (before) return text.slice(0, endOffsetOf(before)) + text.slice(endOffsetOf(item))
  if (after) return text.slice(0, nodeOffsetOf(item)) + text.slice(nodeOffsetOf(after))
  return `${text.slice(0, list.range?.[0])}[]${text.slice(list.range?.[1])}`
}

/* Positions in the text of a YAML file, as offsets. */

/**
 * The start of the line after a block and the comments below it that are indented at least as far.
 */
export function endOfBlock(text: string, block: Node, column: number): number {
  const last = endOffsetOf(lastOf(block))
  // A block scalar ends after its newline.
  let end = text[last - 1] === '\n' ? last : lineEnd(text, last)
  for (;;) {
    const next = lineEnd(text, end)
    const line = text.slice(end, next)
    const isItsComment = line.trimStart().startsWith('#') && line.search(/\S/) >= column
    if (!isItsComment) return end
    end = next
  }
}

function lastOf(node: Node): Node {
  const isBlock = (isMap(node) || isSeq(node)) && !node.flow && node.items.length > 0
  if (!isBlock) return node
  const last: unknown = node.items.at(-1)
  if (isSeq(node)) return lastOf(last as Node)
  const { key, value } = last as Pair
  return lastOf((value ?? key) as Node)
}

interface SourceItem {
  start: { type: string; offset: number }[]
}

/** The offsets of a block list's dashes. */
export function dashesOf(list: YAMLSeq): number[] {
  const items = (list.srcToken as { items?: SourceItem[] } | undefined)?.items ?? []
  return items.flatMap(({ start }) =>
    start.filter(({ type }) => type === 'seq-item-ind').map(({ offset }) => offset),
  )
}

export function colonOf(pair: Pair | undefined): number | undefined {
  const { sep } = (pair?.srcToken ?? {}) as { sep?: { type: string; offset: number }[] }
  return sep?.find(({ type }) => type === 'map-value-ind')?.offset
}

export const nodeOffsetOf = (node: unknown): number =>
  (node as Node | null | undefined)?.range?.[0] ?? 0
export const endOffsetOf = (node: Node | undefined): number => node?.range?.[1] ?? 0
export const lineStart = (text: string, at: number) => text.lastIndexOf('\n', at - 1) + 1
export const columnOf = (text: string, at: number) => at - lineStart(text, at)
export const insertAt = (text: string, at: number, what: string) =>
  text.slice(0, at) + what + text.slice(at)
export const newlineOf = (text: string) => (/^[^\n]*\r\n/.test(text) ? '\r\n' : '\n')

/** The offset after a line's newline. */
export function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  return newline === -1 ? text.length : newline + 1
}
