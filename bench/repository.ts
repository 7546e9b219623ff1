import { compare, peakMemory, type Row, run, timesRow } from './measure.js'
import { type Place, withPlace } from './place.js'

const rounds = 3
const commits = 20
const repository = 'bench/given'

/** Clones any local repository and pulls its last commits, compared with git. */
export const anyRepository = (dir: string): Promise<Row[]> =>
  withPlace(async (place) => {
    await place.github.addImported(repository, dir)
    await place.configure('root', {})
    return [
      ...(await clones(place, `clone of ${dir}`, 'full')),
      ...(await clones(place, `clone of ${dir}, depth 1`, 'shallow', '--depth', '1')),
      await pulls(place, dir),
    ]
  })

async function clones(place: Place, what: string, name: string, ...flags: string[]) {
  const { wizard, git, url, path } = place
  const contenders = {
    wizard: (round: number) =>
      wizard('root', 'REPO', 'CLONE', repository, path(`${name}-wizard-${round}`), ...flags),
    'git clone': (round: number) =>
      git('clone', '--quiet', ...flags, url(repository), path(`${name}-git-${round}`)),
  }
  const times = await compare(rounds, contenders)
  const memory = await peakMemory(contenders.wizard(rounds + 1))
  return [timesRow(what, times), { what: `${what}: memory`, wizard: `${memory} MB` }]
}

/** Each round has its own clones, which git makes for both, so that they start alike. */
async function pulls({ github, wizard, git, path, url, settle }: Place, dir: string) {
  const { tip, earlier } = await github.before(repository, commits)
  await github.moveTo(repository, earlier)
  for (let round = 0; round <= rounds; round++) {
    const folders = ['wizard', 'git'].map((name) => path(`pull-${name}-${round}`))
    // The other branches may hold the last commits already.
    const clone = ['clone', '--quiet', '--single-branch', '--no-tags']
    for (const folder of folders) await run(git(...clone, url(repository), folder))
    await settle(folders)
  }
  await github.moveTo(repository, tip)
  const times = await compare(rounds, {
    wizard: (round) => wizard('root', 'REPO', 'PULL', path(`pull-wizard-${round}`)),
    'git pull': (round) => git('-C', path(`pull-git-${round}`), 'pull', '--quiet', '--ff-only'),
  })
  return timesRow(`fast-forward of ${dir} by its last ${commits} commits`, times)
}
