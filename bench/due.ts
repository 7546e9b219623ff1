import { mkdir, writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { type Command, compare, type Row, run, timesRow } from './measure.js'
import { type Place, withPlace } from './place.js'

const count = 5000

/** A cron run over 5,000 repositories, none of which is due. */
export const due = (): Promise<Row[]> =>
  withPlace(async (place) => {
    const { path, wizard } = place
    await layOut(place)
    const sync = wizard('root', 'REPO', 'SYNC', '--due', '--json')
    const { skipped } = JSON.parse(await run(sync))
    if (skipped !== count) throw new Error(`${skipped} were skipped`)
    const empty = path('empty.mjs')
    await writeFile(empty, '')
    const node: Command = { ...sync, argv: [process.execPath, empty] }
    const times = await compare(7, { wizard: () => sync, 'node empty.mjs': () => node })
    return [{ ...timesRow('`--due`, none of 5,000 due', times), most: '1.2 s' }]
  })

/** The state that a sync leaves, as far as a run with nothing due reads it. */
async function layOut({ path, configure }: Place): Promise<void> {
  await configure('root', {})
  const names = Array.from({ length: count }, (_none, index) => `repository-${index}`)
  const entries = names.map((repo) => ({
    repo: `bench/${repo}`,
    destination: `library/${repo}`,
    pull_schedule: '0 0 1 1 *',
  }))
  await writeFile(path('root/config/repos.yaml'), stringify({ repos: { all: entries } }))
  const now = Date.now()
  const remembered = names.map((repo) => [
    `library/${repo}`,
    {
      repo: `bench/${repo}`,
      id: null,
      source: null,
      made: true,
      last_attempt: now,
      last_pull: now,
    },
  ])
  const state = { version: 1, repositories: Object.fromEntries(remembered) }
  await mkdir(path('root/.wizard'), { recursive: true })
  await writeFile(path('root/.wizard/state.json'), JSON.stringify(state))
  for (const repo of names) {
    const folder = path('root/library', repo, '.git')
    await mkdir(folder, { recursive: true })
    await writeFile(`${folder}/HEAD`, 'ref: refs/heads/main\n')
  }
}
