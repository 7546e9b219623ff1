// Writes config/*.schema.json, for editors, and the tables of docs/configuration.md, from the
// schemas that validate the files.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { keyTables } from './key-table.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const ending = '.example.yaml'
const names = readdirSync(join(root, 'config'))
  .filter((file) => file.endsWith(ending))
  .map((file) => file.slice(0, -ending.length))
const out = mkdtempSync(join(tmpdir(), 'wizard-schemas-'))

try {
  const bundle = await rolldown({
    cwd: root,
    input: { schemas: 'src/config/schema/json.ts' },
    platform: 'node',
  })
  await bundle.write({ dir: out, format: 'esm', entryFileNames: '[name].mjs' })
  await bundle.close()
  const { jsonSchemaOf } = await import(pathToFileURL(join(out, 'schemas.mjs')).href)
  const page = join(root, 'docs/configuration.md')
  let text = readFileSync(page, 'utf8')
  for (const name of names) {
    const schema = jsonSchemaOf(name)
    writeFileSync(join(root, `config/${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`)
    const between = new RegExp(`(<!-- keys of ${name} -->\n)[^]*?(\n<!-- end -->)`)
    if (!between.test(text)) throw new Error(`docs/configuration.md has no place for ${name}`)
    text = text.replace(between, (_, start, end) => `${start}${keyTables(schema)}${end}`)
  }
  writeFileSync(page, text)
} finally {
  rmSync(out, { recursive: true })
}
