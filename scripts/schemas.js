// Writes config/*.schema.json, for editors, and the tables of docs/configuration.md, from the
// schemas that validate the files; and docs/grafana-webhooks.json, from the table of metrics
// that is also in docs/webhooks.md.
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
    input: {
      schemas: 'src/config/schema/json.ts',
      grafana: 'src/webhooks/metrics/grafana.ts',
      metrics: 'src/webhooks/metrics/definitions.ts',
    },
    platform: 'node',
  })
  await bundle.write({ dir: out, format: 'esm', entryFileNames: '[name].mjs' })
  await bundle.close()
  const load = (name) => import(pathToFileURL(join(out, `${name}.mjs`)).href)
  const { jsonSchemaOf } = await load('schemas')
  const page = join(root, 'docs/configuration.md')
  let text = readFileSync(page, 'utf8')
  for (const name of names) {
    const schema = jsonSchemaOf(name)
    writeFileSync(join(root, `config/${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`)
    // Its keys are those of the other files.
    if (name === 'wizard.config') continue
    const between = new RegExp(`(<!-- keys of ${name} -->\n)[^]*?(\n<!-- end -->)`)
    if (!between.test(text)) throw new Error(`docs/configuration.md has no place for ${name}`)
    text = text.replace(between, (_, start, end) => `${start}${keyTables(schema)}${end}`)
  }
  writeFileSync(page, text)
  const { grafanaDashboard } = await load('grafana')
  const { metricDefinitions } = await load('metrics')
  const dashboard = grafanaDashboard(metricDefinitions)
  replaceMetricsTable(join(root, 'docs/webhooks.md'), metricDefinitions)
  writeFileSync(join(root, 'docs/grafana-webhooks.json'), `${JSON.stringify(dashboard, null, 2)}\n`)
} finally {
  rmSync(out, { recursive: true })
}

function replaceMetricsTable(file, definitions) {
  const rows = Object.entries(definitions).map(
    ([name, { type, labels, help }]) =>
      `| \`${name}\` | ${type} | ${labels.join(', ')} | ${help} |`,
  )
  const head = ['| metric | type | labels | is |', '| --- | --- | --- | --- |']
  const table = [...head, ...rows].join('\n')
  const between = /(<!-- metrics -->\n)[\s\S]*?(\n<!-- end -->)/
  const text = readFileSync(file, 'utf8')
  if (!between.test(text)) throw new Error('docs/webhooks.md has no place for the metrics')
  writeFileSync(
    file,
    text.replace(between, (_, start, end) => `${start}${table}${end}`),
  )
}
