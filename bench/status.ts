import { textFiles } from './corpus.js'
import { compare, type Row, run, timesRow } from './measure.js'
import { withPlace } from './place.js'

/** Whether 50 and 500 work trees of 1,000 files are clean, without a request. */
export const status = async (): Promise<Row[]> => [await statusOf(50), await statusOf(500, 1.5)]

const statusOf = (count: number, most?: number): Promise<Row> =>
  withPlace(async ({ github, configure, path, wizard, program, settle }) => {
    const names = Array.from({ length: count }, (_, index) => `bench/clean-${index}`)
    await github.addRepository('bench/first', textFiles(1000))
    await github.addCopies('bench/first', names)
    await configure('root', Object.fromEntries(names.map((name) => [`library/${name}`, name])))
    await run(wizard('root', 'REPO', 'SYNC'))
    const folders = names.map((name) => path('root/library', name))
    await settle(folders)
    const xargs = ['-P2', '-I{}', 'git', '-C', '{}', 'status', '--porcelain']
    const times = await compare(count > 100 ? 3 : 7, {
      wizard: () => wizard('root', 'REPO', 'STATUS', '--offline'),
      'xargs -P2 git status': () => program(['xargs', ...xargs], `${folders.join('\n')}\n`),
    })
    return timesRow(`status of ${count} clean repositories of 1,000 files`, times, most)
  })
