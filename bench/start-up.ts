import { writeFile } from 'node:fs/promises'
import { type Command, compare, type Row, timesRow } from './measure.js'
import { withPlace } from './place.js'

/** What the shortest commands take beside a module file with nothing in it. */
export const startUp = (): Promise<Row[]> =>
  withPlace(async ({ path, wizard }) => {
    const empty = path('empty.mjs')
    await writeFile(empty, '')
    // In wizard's environment: a variable like NODE_EXTRA_CA_CERTS costs every node its milliseconds.
    const node: Command = { ...wizard('.'), argv: [process.execPath, empty] }
    const times = await compare(21, {
      'node empty.mjs': () => node,
      version: () => wizard('.', '--version'),
      help: () => wizard('.', 'REPO', '--help'),
    })
    const bare = { 'node empty.mjs': times['node empty.mjs'] }
    return [
      timesRow('--version', { wizard: times.version, ...bare }, 1.35),
      timesRow('REPO --help', { wizard: times.help, ...bare }, 1.9),
    ]
  })
