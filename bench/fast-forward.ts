import { changedFiles, textFiles } from './corpus.js'
import { byIsomorphicGit, compare, type Row, run, timesRow } from './measure.js'
import { type Place, withPlace } from './place.js'

const rounds = 5
const repository = 'bench/files'

/** A pull of 200 changed files out of 3,000; each round has its own clones. */
export const fastForward = (): Promise<Row[]> =>
  withPlace(async (place) => {
    const { github, wizard, git, path } = place
    const files = textFiles(3000)
    await github.addRepository(repository, files)
    await place.configure('root', {})
    const folders = Array.from({ length: rounds + 1 }, (_, round) => ({
      wizard: path(`wizard-${round}`),
      isomorphic: path(`isomorphic-${round}`),
      git: path(`git-${round}`),
    }))
    await cloneAll(place, folders.flatMap(Object.values))
    await github.commit(repository, changedFiles(files, 200, 2))
    const pulled = (folder = '') => wizard('root', 'REPO', 'PULL', folder)
    const times = await compare(rounds, {
      wizard: (round) => pulled(folders[round]?.wizard),
      isomorphic: (round) => byIsomorphicGit(pulled(folders[round]?.isomorphic)),
      'git pull': (round) => git('-C', folders[round]?.git ?? '', 'pull', '--quiet', '--ff-only'),
    })
    return [timesRow('fast-forward of 200 changed files in 3,000', times, 1.8)]
  })

/** git makes the clones for all, so that they start alike. */
async function cloneAll({ git, url, settle }: Place, folders: string[]): Promise<void> {
  for (const folder of folders) await run(git('clone', '--quiet', url(repository), folder))
  await settle(folders)
}
