// Writes docs/verbs.md and SKILL.md from the verbs' own tables, from which --help, MAN and completion come too; and
// test/docs/json-page.types.ts from docs/json.md.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = mkdtempSync(join(tmpdir(), 'wizard-verbs-'))

try {
  const bundle = await rolldown({
    cwd: root,
    input: {
      page: 'src/commands/manual/verbs-page.ts',
      skill: 'src/commands/manual/skill-page.ts',
      json: 'test/docs/json-page.ts',
      nouns: 'src/commands/index.ts',
    },
    platform: 'node',
    external: ['pg', '@photostructure/sqlite'],
    onLog() {},
  })
  await bundle.write({ dir: out, format: 'esm', entryFileNames: '[name].mjs' })
  await bundle.close()
  const load = (/** @type {string} */ name) => import(pathToFileURL(join(out, `${name}.mjs`)).href)
  const [{ verbsPage }, { skillPage }, { jsonTypes }, { nouns }] = await Promise.all(
    ['page', 'skill', 'json', 'nouns'].map(load),
  )
  writeFileSync(join(root, 'docs/verbs.md'), await verbsPage(nouns))
  writeFileSync(join(root, 'SKILL.md'), await skillPage(nouns))
  const json = readFileSync(join(root, 'docs/json.md'), 'utf8')
  writeFileSync(join(root, 'test/docs/json-page.types.ts'), await jsonTypes(json, nouns))
} finally {
  rmSync(out, { recursive: true })
}
