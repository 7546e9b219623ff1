import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findProblems, loadConfig } from '../../../src/core/config/load.js'
import { type JsonSchema, jsonSchemaOf } from '../../../src/core/config/schema/json.js'
import { configFileNames } from '../../../src/core/config/types.js'
import { makeProject } from './support.js'

const folder = join(import.meta.dirname, '../../../config')
const read = (name: string) => readFile(join(folder, name), 'utf8')

async function exampleProject() {
  const files: Record<string, string> = {}
  for (const name of configFileNames) {
    files[`config/${name}.yaml`] = await read(`${name}.example.yaml`)
  }
  return makeProject({ files, env: { GITHUB_TOKEN: 'token', GITHUB_WEBHOOK_SECRET: 'secret' } })
}

test('the examples load', async () => {
  const { request, top } = await exampleProject()
  expect(await findProblems(request)).toEqual([])
  const config = await loadConfig(request)
  expect(config.github).toMatchObject({ token: 'token', owner: 'uDOS', concurrency: 8 })
  expect(await config.repos()).toMatchObject([
    { owner: 'uDOS', repo: 'typo', destination: join(top, 'library/ucode-integrated/typo') },
    { owner: 'uDOS', repo: 'micro' },
    { kind: 'source', from: 'ollama' },
  ])
  const { core } = await config.components()
  expect(core).toMatchObject({
    owner: 'uDOS',
    repo: 'uDOS',
    path: 'core',
    tag: 'core-v{version}',
    release: { checksums: { sha256: 'SHA256SUMS' }, sign: [{ cmd: 'gpg' }], env: ['NPM_TOKEN'] },
  })
  expect(await config.webhooks()).toMatchObject({ secrets: ['secret'], enabled: true })
  expect(await config.plugins()).toMatchObject({
    index: [{ owner: 'uDOS', repo: 'plugins', path: 'index.json' }],
  })
})

describe.each(configFileNames)('%s', (name) => {
  test('the schema is what the code has (else: node scripts/schemas.js)', async () => {
    const written = JSON.parse(await read(`${name}.schema.json`))
    expect(written).toEqual(JSON.parse(JSON.stringify(jsonSchemaOf(name))))
  })

  test('the example names its schema in its first line, and every key', async () => {
    const example = await read(`${name}.example.yaml`)
    expect(example.split('\n')[0]).toBe(`# yaml-language-server: $schema=./${name}.schema.json`)
    const missing = keysOf(jsonSchemaOf(name)).filter(
      (key) => !new RegExp(`\\b${key.split('.').at(-1)}\\b`).test(example),
    )
    expect(missing).toEqual([])
  })

  test('every key is described', () => {
    const undescribed = keysOf(
      jsonSchemaOf(name),
      (schema) => !schema.description && !isNever(schema),
    )
    expect(undescribed).toEqual([])
  })
})

const isNever = (schema: JsonSchema) => 'not' in schema

/** Dotted, with `*` for names of one's own and `[]` for lists. */
function keysOf(
  schema: JsonSchema,
  wanted: (schema: JsonSchema) => boolean = (one) => !isNever(one),
  above = '',
): string[] {
  const inner: [string, JsonSchema][] = Object.entries(schema.properties ?? {})
  const keys = inner.flatMap(([key, value]) => [
    ...(wanted(value) ? [`${above}${key}`] : []),
    ...keysOf(value, wanted, `${above}${key}.`),
  ])
  const own = typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []
  const others = [...own, ...(schema.items ? [schema.items] : []), ...(schema.anyOf ?? [])]
  return [...new Set([...keys, ...others.flatMap((one) => keysOf(one, wanted, above))])]
}
