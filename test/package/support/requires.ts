import { parseSync } from 'rolldown/utils'

interface Node {
  type: string
  [key: string]: unknown
}

/**
 * The modules that the code imports and requires, under any name of `require`: every literal
 * specifier.
 */
export function requiresOf(file: string, code: string): string[] {
  const { program, errors } = parseSync(file, code)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  const found: string[] = []
  visit(program as unknown as Node, (node) => {
    const specifier = specifierOf(node)
    if (specifier !== undefined) found.push(specifier)
  })
  return found
}

function visit(node: Node, see: (node: Node) => void): void {
  see(node)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) visit(child, see)
    }
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value

function specifierOf(node: Node): string | undefined {
  if ('source' in node) return literalOf(node.source)
  const [argument] = (node.arguments ?? []) as unknown[]
  return node.type === 'CallExpression' && isRequire(node.callee) ? literalOf(argument) : undefined
}

/** `require`, `__require`, `require$1`, and their `.resolve`. */
function isRequire(callee: unknown): boolean {
  if (!isNode(callee)) return false
  if (callee.type === 'MemberExpression') return isRequire(callee.object)
  return typeof callee.name === 'string' && /require(?:\$\d+)?$/i.test(callee.name)
}

function literalOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  const quasis =
    node.type === 'TemplateLiteral' ? (node.quasis as { value: { cooked: string } }[]) : []
  return quasis.length === 1 ? quasis[0]?.value.cooked : undefined
}
