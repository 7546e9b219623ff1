import { mkdir, writeFile } from 'node:fs/promises'
import { manifestOf } from '../test/support/plugins.js'
import { type Command, compare, inSeconds, type Row, run, timesRow } from './measure.js'
import { type Place, withPlace } from './place.js'

const count = 200
const ids = Array.from({ length: count }, (_none, index) => `plugin-${index}`)

/** Discovers plugins on GitHub, and lists installed ones. */
export const plugins = (): Promise<Row[]> =>
  withPlace(async (place) => [...(await discovery(place)), await listing(place)])

async function discovery({ github, configure, wizard }: Place): Promise<Row[]> {
  const manifest = JSON.stringify(manifestOf('bench', '1.0.0'))
  await github.addRepository('bench/first', { 'manifest.json': manifest })
  await github.addCopies(
    'bench/first',
    ids.map((id) => `bench/${id}`),
    ['udos-plugin'],
  )
  await configure('root', {})
  const search = wizard('root', 'PLUGIN', 'SEARCH', '--json')
  const found = JSON.parse(await run(search))
  if (found.length !== count) throw new Error(`${found.length} plugins were found`)
  await github.requests()
  await run(search)
  const requests = await github.requests()
  await github.delay(40)
  const { wizard: time } = await compare(3, { wizard: () => search })
  await github.delay(0)
  return [
    { what: `${count} plugins found: requests`, wizard: String(requests), most: '8' },
    { what: `${count} plugins found, 40 ms a request`, wizard: inSeconds(time), most: '1.5 s' },
  ]
}

/** A lock as INSTALL writes it. */
async function listing({ path, wizard }: Place): Promise<Row> {
  const entry = (id: string) => ({
    ...{ repo: `bench/${id}`, version: '1.0.0', tag: 'v1.0.0', commit: 'a'.repeat(40) },
    ...{ source: 'asset', asset: `${id}.zip`, address: `https://github.com/bench/${id}` },
    ...{ sha256: 'b'.repeat(64), size: 12345, installed_at: '2026-01-14T10:00:00Z' },
    ...{ name: id, description: `What ${id} does`, category: 'utility', license: 'MIT' },
  })
  for (const id of ids) await mkdir(path('root/plugins', id), { recursive: true })
  const lock = { version: 1, plugins: Object.fromEntries(ids.map((id) => [id, entry(id)])) }
  await writeFile(path('root/plugins/plugins.lock.json'), JSON.stringify(lock, null, 2))
  const empty = path('empty.mjs')
  await writeFile(empty, '')
  const node: Command = { ...wizard('root'), argv: [process.execPath, empty] }
  const times = await compare(15, {
    wizard: () => wizard('root', 'PLUGIN', 'LIST', '--json'),
    'node empty.mjs': () => node,
  })
  return timesRow(`LIST of ${count} installed plugins`, times, 2.3)
}
