// Writes config/*.schema.json, which editors read, from the schemas the files are held against.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = mkdtempSync(join(tmpdir(), 'wizard-schemas-'))

try {
  const bundle = await rolldown({
    cwd: root,
    input: { schemas: 'src/core/config/schema/json.ts' },
    platform: 'node',
  })
  await bundle.write({ dir: out, format: 'esm', entryFileNames: '[name].mjs' })
  await bundle.close()
  const { jsonSchemas } = await import(pathToFileURL(join(out, 'schemas.mjs')).href)
  for (const [name, schema] of jsonSchemas()) {
    writeFileSync(join(root, `config/${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`)
  }
} finally {
  rmSync(out, { recursive: true })
}
