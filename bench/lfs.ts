import { compare, peakMemory, type Row, timesRow } from './measure.js'
import { type Place, withPlace } from './place.js'

const megabyte = 1024 ** 2

/** Clones 100 files of Git LFS with 1 MB each. */
export const lfs = (): Promise<Row[]> =>
  withPlace(async (place) => {
    const clones = await contenders(place, { count: 100, size: megabyte })
    return [timesRow('clone with 100 LFS objects of 1 MB', await compare(5, clones), 1.2)]
  })

/** Clones one file of Git LFS with 1 GB. */
export const largeContent = (): Promise<Row[]> =>
  withPlace(async (place) => {
    const clones = await contenders(place, { count: 1, size: 1024 * megabyte })
    const times = await compare(2, clones)
    const memory = await peakMemory(clones.wizard(9))
    const what = 'clone with an LFS object of 1 GB'
    return [
      timesRow(what, times, 1.2),
      { what: `${what}: memory`, wizard: `${memory} MB`, most: '150 MB' },
    ]
  })

async function contenders(
  { github, configure, git, wizard, url, path }: Place,
  { count, size }: { count: number; size: number },
) {
  const repository = 'bench/content'
  await github.addContent(repository, count, size)
  await configure('root', {})
  const place = (name: string, round: number) => path(`${name}-${round}`)
  return {
    wizard: (round: number) => wizard('root', 'REPO', 'CLONE', repository, place('wizard', round)),
    'git clone, git-lfs': (round: number) =>
      git(...filters, 'clone', '--quiet', url(repository), place('git', round)),
  }
}

/** As `git lfs install` sets it. */
const filters = [
  'filter.lfs.smudge=git-lfs smudge -- %f',
  'filter.lfs.process=git-lfs filter-process',
  'filter.lfs.required=true',
].flatMap((setting) => ['-c', setting])
