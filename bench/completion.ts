import { mkdir, writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { type Command, compare, inSeconds, type Row } from './measure.js'
import { withPlace } from './place.js'

const many = 5000

/** What a shell waits for after a Tab: the targets that begin so, of 5,000 repositories. */
export const completion = (): Promise<Row[]> =>
  withPlace(async ({ path, wizard }) => {
    await writeFile(path('empty.mjs'), '')
    await mkdir(path('root/config'), { recursive: true })
    const entries = Array.from({ length: many }, (_, at) => ({
      owner: 'bench',
      repo: `repository-${at}`,
      destination: `/library/bench/repository-${at}`,
      branch: 'main',
      pull_schedule: '0 0 * * *',
    }))
    await writeFile(path('root/config/repos.yaml'), stringify({ repos: { bench: entries } }))
    const bare = wizard('root')
    const [node = process.execPath] = bare.argv
    const empty: Command = { ...bare, argv: [node, path('empty.mjs')] }
    const line = 'wizard REPO SYNC repository-49'
    const times = await compare(21, {
      wizard: () => wizard('root', 'COMPLETION', '--words', 'bash', line, ' =:'),
      empty: () => empty,
    })
    return [
      {
        what: `completion of a target among ${many} repositories`,
        wizard: inSeconds(times.wizard),
        peer: `${inSeconds(times.empty)} node empty.mjs`,
        ratio: times.wizard / times.empty,
        most: '150 ms',
      },
    ]
  })
