import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.js'
import { configFileNames, schemaNames } from '../../src/config/locate/folder.js'
import { type JsonSchema, jsonSchemaOf } from '../../src/config/schema/json.js'
import { findProblems } from '../../src/config/validate.js'
import { makeProject } from './support.js'

const folder = join(import.meta.dirname, '../../config')
const read = (name: string) => readFile(join(folder, name), 'utf8')

async function exampleFolder() {
  const files: Record<string, string> = {}
  for (const name of configFileNames) {
    files[`config/${name}.yaml`] = await read(`${name}.example.yaml`)
  }
  return files
}

const exampleFile = async () => ({
  'wizard.config.yaml': await read('wizard.config.example.yaml'),
})

test.each([
  ['five files', exampleFolder],
  ['one file', exampleFile],
])('the examples load: %s', async (_, files) => {
  const { request, top } = await makeProject({
    files: await files(),
    env: { GITHUB_TOKEN: 'token', GITHUB_WEBHOOK_SECRET: '0123456789abcdef' },
  })
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
  expect(await config.webhooks()).toMatchObject({ secrets: ['0123456789abcdef'], enabled: true })
  expect(await config.plugins()).toMatchObject({
    index: [{ owner: 'uDOS', repo: 'plugins', path: 'index.json' }],
  })
})

describe.each(schemaNames)('%s', (name) => {
  test('the schema is what the code has (else: npm run schemas)', async () => {
    const written = JSON.parse(await read(`${name}.schema.json`))
    expect(written).toEqual(JSON.parse(JSON.stringify(jsonSchemaOf(name))))
  })

  test('the example names its schema in its first line, and every key', async () => {
    const example = await read(`${name}.example.yaml`)
    expect(example.split('\n')[0]).toBe(`# yaml-language-server: $schema=./${name}.schema.json`)
    const names = [...keys(jsonSchemaOf(name))].map(([key]) => key)
    const missing = names.filter(
      (key) => !new RegExp(`(?<!\\w)${key.replace('$', '\\$')}\\b`).test(example),
    )
    expect(missing).toEqual([])
  })

  test('every key stands in docs/configuration.md (else: npm run schemas)', async () => {
    const rows = (await read('../docs/configuration.md')).split('\n')
    const absent = describedKeys(jsonSchemaOf(name)).filter(
      ([key, description]) =>
        !rows.some((row) => row.includes(`${key}\` |`) && row.endsWith(`| ${description} |`)),
    )
    expect(absent).toEqual([])
  })

  test('every key is described', () => {
    const undescribed = describedKeys(jsonSchemaOf(name)).filter(([, text]) => text === '')
    expect(undescribed).toEqual([])
  })
})

const isNever = (schema: JsonSchema) => 'not' in schema

/** The schemas of all keys, by their last names; forbidden keys are left out. */
function* keys(schema: JsonSchema): Generator<[key: string, schema: JsonSchema]> {
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    if (!isNever(value)) yield [key, value]
    yield* keys(value)
  }
  const own = typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []
  const items = schema.items ? [schema.items] : []
  for (const inner of [...own, ...items, ...(schema.anyOf ?? [])]) yield* keys(inner)
}

const describedKeys = (schema: JsonSchema) =>
  [...keys(schema)].map(([key, { description = '' }]) => [key, description] as const)
