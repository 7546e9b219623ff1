import { isMap, isSeq, type Node, type Pair, type YAMLSeq } from 'yaml'

/*
 * Where things stand in the text of a YAML file, by offset.
 */

/** The start of the line after a block and the comments below it that are indented at least that far. */
export function endOfBlock(text: string, block: Node, column: number): number {
  const last = endOf(lastOf(block))
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

export const offsetOf = (node: unknown): number =>
  (node as Node | null | undefined)?.range?.[0] ?? 0
export const endOf = (node: Node | undefined): number => node?.range?.[1] ?? 0
export const lineStart = (text: string, at: number) => text.lastIndexOf('\n', at - 1) + 1
export const columnOf = (text: string, at: number) => at - lineStart(text, at)
export const insertAt = (text: string, at: number, what: string) =>
  text.slice(0, at) + what + text.slice(at)
export const newlineOf = (text: string) => (/^[^\n]*\r\n/.test(text) ? '\r\n' : '\n')

/** After the newline that ends a line. */
export function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  return newline === -1 ? text.length : newline + 1
}
