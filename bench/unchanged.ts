import { writeFile } from 'node:fs/promises'
import { isInstalled } from './machine.js'
import { type Contenders, compare, type Row, run, timesRow } from './measure.js'
import { type Place, withPlace } from './place.js'

const count = 200

/**
 * Unchanged repositories: requests, and seconds compared with the usual combination of git and
 * xargs.
 */
export const unchanged = (): Promise<Row[]> =>
  withPlace(async (place) => {
    const { github, wizard } = place
    const folders = await cloneMany(place)
    const contenders = await contendersOf(place, folders)
    const requests = await requestsOf(place)
    const near = await compare(3, contenders)
    await github.delay(40)
    const far = await compare(3, contenders)
    await run(wizard('root', 'REPO', 'STATUS', '--offline'))
    return [
      { what: `${count} unchanged: requests`, wizard: String(requests), most: '6' },
      timesRow(`${count} unchanged`, near),
      timesRow(`${count} unchanged, 40 ms a request`, far, 0.15),
    ]
  })

async function cloneMany({ github, configure, path, wizard }: Place): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `bench/repository-${index}`)
  await github.addRepository('bench/first', { 'README.md': '# Bench\n' })
  await github.addCopies('bench/first', names)
  await configure('root', Object.fromEntries(names.map((name) => [`library/${name}`, name])))
  await run(wizard('root', 'REPO', 'SYNC'))
  return names.map((name) => path('root/library', name))
}

async function requestsOf({ github, wizard }: Place): Promise<number> {
  await github.requests()
  await run(wizard('root', 'REPO', 'SYNC'))
  return github.requests()
}

async function contendersOf(place: Place, folders: string[]) {
  const list = `${folders.join('\n')}\n`
  const xargs = ['xargs', '-P8', '-I{}', 'git', '-C', '{}', 'pull', '--quiet'] as const
  const contenders: Contenders<string> = {
    wizard: () => place.wizard('root', 'REPO', 'SYNC'),
    'xargs -P8 git pull': () => place.program([...xargs], list),
  }
  if (!(await isInstalled('mr'))) return contenders
  const config = place.path('.mrconfig')
  await writeFile(config, folders.map((folder) => `[${folder}]\n`).join('\n'))
  const mr = place.program(['mr', '-t', '-j8', '-c', config, '-d', place.path('root'), 'update'])
  return { ...contenders, 'mr -j8 update': () => mr }
}
