import { parseSync } from 'rolldown/utils'

/**
 * The part of a syntax tree that is read: https://github.com/estree/estree, with TypeScript's
 * nodes.
 */
export interface Node {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

export interface Declaration {
  name: string
  node: Node
}

export interface Declarations {
  /** Every top-level name, once. */
  declared: Declaration[]
  exported: Set<string>
  /** Names that exist at run time, without types. */
  values: Set<string>
  /** The modules that the file imports. */
  imports: string[]
}

interface Specifier {
  local: { name: string }
  exportKind: 'value' | 'type'
}

/** Reads a rolled-up `.d.ts`: declarations, then one `export { … }`. */
export function readDeclarations(text: string): Declarations {
  const { program, errors } = parseSync('index.d.ts', text, { lang: 'dts' })
  if (errors.length > 0) throw new Error(errors[0]?.message)
  const body = program.body as unknown as Node[]
  const exports = body.filter(({ type }) => type === 'ExportNamedDeclaration')
  const specifiers = exports.flatMap(({ specifiers }) => specifiers as Specifier[])
  const names = (some: Specifier[]) => new Set(some.map(({ local }) => local.name))
  return {
    declared: body.flatMap(declarationsOf),
    exported: names(specifiers),
    values: names(specifiers.filter(({ exportKind }) => exportKind === 'value')),
    imports: body.flatMap(({ type, source }) =>
      type === 'ImportDeclaration' ? [(source as { value: string }).value] : [],
    ),
  }
}

function declarationsOf(node: Node): Declaration[] {
  const named = [node, ...((node.declarations ?? []) as Node[])].flatMap(({ id }) =>
    id ? [(id as { name: string }).name] : [],
  )
  return named.map((name) => ({ name, node }))
}

export function* nodesIn(node: Node): Generator<Node> {
  yield node
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && 'type' in child) yield* nodesIn(child)
    }
  }
}

/** The public methods of a class that have a name, those of its base among them, by name. */
export function methodsOf(name: string, { declared }: Declarations): Map<string, Node> {
  const found = declared.find((one) => one.name === name && one.node.type === 'ClassDeclaration')
  if (!found) return new Map()
  const { superClass, body } = found.node as unknown as {
    superClass: { name: string } | null
    body: { body: (Node & { key: { name?: string }; kind?: string; computed?: boolean })[] }
  }
  const own = body.body.filter(({ kind, computed }) => kind === 'method' && !computed)
  return new Map([
    ...(superClass ? methodsOf(superClass.name, { declared } as Declarations) : []),
    ...own.map((node) => [node.key.name ?? '', node] as const),
  ])
}
