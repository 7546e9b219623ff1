import type { Noun, Verb } from '../../src/commands/verb.js'

/** The code of the page's `ts` blocks. */
const blocksOf = (page: string): string[] =>
  [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code)

/** What the page declares, and the names that each declaration uses. */
export function declaredIn(page: string): Map<string, Set<string>> {
  const code = blocksOf(page)
    .join('\n')
    .replaceAll(/\/\*.*?\*\/|\/\/[^\n]*|'[^'\n]*'/gs, '')
  const parts = code.split(/^(?:type|interface) (?=[A-Z])/m).slice(1)
  return new Map(
    parts.map((part) => {
      const [name = '', ...used] = part.match(/\b[A-Z]\w*/g) ?? []
      return [name, new Set(used)]
    }),
  )
}

/** The keys of an object type, in the page's order. */
export function keysOf(page: string, name: string): string[] {
  const [, fields = ''] = new RegExp(`^type ${name} = \\{\n(.*?)^\\}`, 'ms').exec(page) ?? []
  return [...fields.matchAll(/^ {2}(\w+)\??:/gm)].map(([, key = '']) => key)
}

/** `REPO PULL-ALL` is RepoPullAll. */
export const typeNameOf = (noun: Noun, verb: Verb): string =>
  [noun.name, ...verb.name.split('-')]
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')

/** Documents that no verb prints, and their types in src. */
export const otherDocuments = {
  Help: 'Awaited<ReturnType<typeof helpData>>',
  ErrorDocument: 'WrittenError',
}

/**
 * test/docs/json-page.types.ts: the page's types, and for each verb that it prints exactly its type.
 * The compiler checks it with everything else.
 */
export async function jsonTypes(page: string, nouns: Noun[]): Promise<string> {
  const checks = await Promise.all(
    nouns.map(async (noun) =>
      (await noun.load()).map((verb) =>
        checksOf(typeNameOf(noun, verb), `Printed<${listOf(noun)}, '${verb.name}'>`),
      ),
    ),
  )
  const others = Object.entries(otherDocuments).map(([name, type]) =>
    checksOf(name, `Plain<${type}>`),
  )
  return [
    '// Made from docs/json.md by `npm run verbs`. `npm run types` fails where a verb prints another type.',
    "import type { ErrorDocument as WrittenError } from '../../src/base/error-report.js'",
    ...nouns.map(importOf),
    "import type { helpData } from '../../src/commands/manual/index.js'",
    "import type { Fits, Plain, Printed, Same, True } from './json-types.js'",
    '',
    ...blocksOf(page),
    'export type Checked = [',
    ...checks.flat(),
    ...others,
    ']',
    '',
  ].join('\n')
}

const checksOf = (name: string, printed: string): string =>
  [
    `  Fits<Plain<${name}>, ${printed}>,`,
    `  Fits<${printed}, Plain<${name}>>,`,
    `  True<Same<Plain<${name}>, ${printed}>>,`,
  ].join('\n')

/** MAN's list is made of the others. */
const isMade = ({ name }: Noun) => name === 'man'

const importOf = (noun: Noun): string =>
  `import type { ${isMade(noun) ? 'verbsOf' : 'verbs'} as ${noun.name} } from '../../src/commands/${noun.name}/index.js'`

const listOf = (noun: Noun): string =>
  isMade(noun) ? `ReturnType<typeof ${noun.name}>` : `typeof ${noun.name}`
