import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { install, pack } from '../test/package/support/installed.js'
import { findNodes } from '../test/package/support/nodes.js'
import { textFiles } from './corpus.js'
import { type Command, compare, inSeconds, median, type Row, run, timesRow } from './measure.js'
import { type Place, withPlace } from './place.js'

/**
 * The shortest commands of the installed package, compared with an empty module; and its
 * installation.
 */
export const startUp = (): Promise<Row[]> =>
  withPlace(async (place) => {
    const { path, github, configure, wizard } = place
    await writeFile(path('empty.mjs'), '')
    await github.addRepository('bench/one', textFiles(40))
    await configure('root', { one: 'bench/one' })
    await run(wizard('root', 'REPO', 'SYNC'))
    const { row, bin } = await installed(path)
    const nodes = await findNodes()
    const rows: Row[] = [row]
    for (const [major, limits] of Object.entries(most)) {
      const node = nodes[major]
      if (node && 'path' in node)
        rows.push(...(await ofNode(place, { major, ...node, bin, limits })))
    }
    return rows
  })

const most = {
  24: { version: 1.25, help: 1.6, status: 2.5 },
  20: { version: undefined, help: 2.2, status: undefined },
}

async function installed(path: Place['path']): Promise<{ row: Row; bin: string }> {
  const tarball = await pack(path())
  const times: number[] = []
  for (const round of [0, 1, 2]) {
    const begun = performance.now()
    await install(tarball, path(`installed-${round}`))
    times.push((performance.now() - begun) / 1000)
  }
  const home = path('installed-0/node_modules/udos-wizard')
  const size = `${((await sizeOf(home)) / 1e6).toFixed(1)} MB`
  const wizard = `${inSeconds(median(times))}, ${size}`
  return {
    row: { what: '`npm install`', wizard, most: '3 s, 7 MB' },
    bin: join(home, 'bin/wizard.js'),
  }
}

/** Bytes on the disk. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true })
  const stats = await Promise.all(names.map((name) => stat(join(folder, name))))
  return stats.reduce((sum, { blocks }) => sum + blocks * 512, 0)
}

interface Started {
  major: string
  path: string
  bin: string
  limits: { version: number | undefined; help: number | undefined; status: number | undefined }
}

async function ofNode({ path, wizard }: Place, node: Started): Promise<Row[]> {
  // In wizard's environment: a variable such as NODE_EXTRA_CA_CERTS costs every node some
  // milliseconds.
  const start = (...args: string[]): Command => ({
    ...wizard('root'),
    argv: [node.path, ...args],
  })
  const { bin, major, limits } = node
  const times = await compare(21, {
    empty: () => start(path('empty.mjs')),
    version: () => start(bin, '--version'),
    help: () => start(bin, 'REPO', '--help'),
    status: () => start(bin, 'REPO', 'STATUS', '--offline'),
  })
  const bare = { 'node empty.mjs': times.empty }
  return [
    timesRow(`node ${major}: \`--version\``, { wizard: times.version, ...bare }, limits.version),
    timesRow(`node ${major}: \`REPO --help\``, { wizard: times.help, ...bare }, limits.help),
    timesRow(
      `node ${major}: \`REPO STATUS --offline\` of one clone`,
      { wizard: times.status, ...bare },
      limits.status,
    ),
  ]
}
