import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { exitStatus } from '../../src/base/errors.js'
import { metricDefinitions } from '../../src/webhooks/metrics/definitions.js'
import { refusals } from '../../src/webhooks/receive/answer.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

const page = await readFile(
  fileURLToPath(new URL('../../docs/webhooks.md', import.meta.url)),
  'utf8',
)
const yamlBlocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)

/** The cells of a table's rows, whose header begins with this cell. */
function rowsOf(first: string): string[][] {
  const [, table = ''] =
    new RegExp(`^\\| ${first} \\|.*\\n\\|[ -|]*\\n((?:\\|.*\\n)+)`, 'm').exec(page) ?? []
  const cells = (row: string) => row.split('|').slice(1, -1)
  return table
    .trim()
    .split('\n')
    .map((row) => cells(row).map((cell) => cell.trim()))
}

let space: Workspace
beforeEach(async () => {
  space = await openWorkspace()
})
afterEach(() => space.close())

it('has YAML for most chapters', () => {
  expect(yamlBlocks.length).toBeGreaterThan(5)
})

it.each(yamlBlocks)('its YAML %# is a valid webhooks.yaml', async (text) => {
  await space.write('config/webhooks.yaml', text)
  const env = {
    GITHUB_WEBHOOK_SECRET: 'n'.repeat(32),
    OLD_WEBHOOK_SECRET: 'o'.repeat(32),
    DATABASE_URL: 'postgres://wizard@127.0.0.1/wizard',
  }
  const { status, err } = await space.run(['CONFIG', 'VALIDATE'], { env })
  expect({ status, err }).toEqual({ status: 0, err: '' })
})

it('its table of metrics is that of the code (else: npm run schemas)', () => {
  const metrics = Object.entries(metricDefinitions)
  const rows = metrics.map(([name, { type, labels, help }]) => {
    return [`\`${name}\``, type, labels.join(', '), help]
  })
  expect(rowsOf('metric')).toEqual(rows)
})

it('names every status of an answer', () => {
  const named = rowsOf('answer').flatMap(([cell = '']) => cell.split(', ').map(Number))
  expect(named).toEqual([202, 200, ...Object.keys(refusals).map(Number)].sort(inOrder))
})

/** 202 is what the page is about. */
const inOrder = (one: number, other: number) =>
  Number(other === 202) - Number(one === 202) || one - other

it('names exit statuses that exist', () => {
  const named = rowsOf('exit').flatMap(([cell = '']) => cell.split(', ').map(Number))
  const known = new Set([0, ...Object.values(exitStatus), 143])
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((status) => !known.has(status))).toEqual([])
})
