import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Limits } from '../src/api/limits.js'
import { routes } from '../src/api/routes/index.js'
import { namedFaults } from '../src/cli/named-faults.js'
import { help } from '../src/cli/pages.js'
import { schema } from '../src/graphql/schema.js'

const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8')

/** The rows of the table below a heading, without backquotes. */
function table(heading: string): string[][] {
  const section = readme.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const rows = section.split('\n').filter((line) => line.startsWith('| `'))
  return rows.map((row) => row.slice(2, -2).replaceAll('`', '').split(' | '))
}

test('lists the endpoints of the REST API, in the order of their names', () => {
  const names = routes(new Limits()).map(({ name }) => name)
  const wanted = names.map((name) => name.replace(/\{origin\}|\{\?.*\}/g, '').split(' '))
  const byPath = ([a, b]: string[], [c, d]: string[]) =>
    `${b} ${a}`.localeCompare(`${d} ${c}`, 'en')
  expect(table('REST')).toEqual(wanted.toSorted(byPath))
})

test('lists the fields of the GraphQL query', () => {
  const fields = Object.keys(schema.getQueryType()?.getFields() ?? {})
  expect(table('GraphQL').map(([name]) => name)).toEqual(fields.toSorted())
})

test('lists the faults of the command', () => {
  const wanted = Object.entries(namedFaults).map(([name, { does }]) => [name, does])
  const unquoted = wanted.map((row) => row.map((cell) => cell?.replaceAll('`', '')))
  expect(table('--fault')).toEqual(unquoted)
})

test('shows the flags as --help does', () => {
  const flags = help.slice(help.indexOf('usage:'), help.indexOf('\nfaults:'))
  expect(readme).toContain(`\`\`\`text\n${flags}\`\`\``)
})
