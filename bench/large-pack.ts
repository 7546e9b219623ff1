import { peakMemory, type Row } from './measure.js'
import { withPlace } from './place.js'

const repository = 'bench/large'
const megabytes = 300

/** The peak memory of clones of a 300 MB pack: many files, a few large ones, a single one. */
export const largePack = async (): Promise<Row[]> => {
  const rows: Row[] = []
  for (const count of [3000, 10, 1]) rows.push(await cloneOf(count))
  return rows
}

const cloneOf = (count: number): Promise<Row> =>
  withPlace(async ({ github, configure, wizard, path }) => {
    const size = Math.floor((megabytes * 1e6) / count)
    await github.addRandom(repository, count, size)
    await configure('root', {})
    const memory = await peakMemory(wizard('root', 'REPO', 'CLONE', repository, path('clone')))
    const files = count === 1 ? 'one file' : `${count} files`
    return {
      what: `clone of a pack of ${megabytes} MB, ${files}: memory`,
      wizard: `${memory} MB`,
      most: '350 MB',
    }
  })
