import { setTimeout } from 'node:timers/promises'
import { isInstalled } from './machine.js'
import { type Command, inSeconds, median, type Row, run } from './measure.js'
import { type Place, withPlace } from './place.js'

const repository = 'bench/runs'
const interval = 3
const tenMinutes = 600_000

/**
 * The time from the end of a run to the exit of the watching command, which polls every three
 * seconds: median and maximum.
 */
export const watch = (): Promise<Row[]> =>
  withPlace(async (place) => {
    await place.configure('root', {})
    const watchers = await watchersOf(place)
    const [own, peer] = await Promise.all(
      watchers.map(async ([name, command]) => [name, await delays(place, command)] as const),
    )
    const told = (times: number[]) =>
      `${inSeconds(median(times))}, at most ${inSeconds(Math.max(...times))}`
    return [
      {
        what: `from a run's end to the exit, --interval ${interval}`,
        wizard: told(own?.[1] ?? []),
        peer: peer && `${told(peer[1])} ${peer[0]}`,
        most: inSeconds(interval + 0.5),
      },
    ]
  })

/** The requests of watching a run of ten minutes with five jobs. */
export const watchRequests = (): Promise<Row[]> =>
  withPlace(async (place) => {
    await place.configure('root', {})
    const { github } = place
    const counts = await Promise.all(
      (await watchersOf(place, { isUsual: true })).map(async ([name, command]) => {
        const id = await github.addRun(repository, 5)
        const ended = run(command(id))
        await setTimeout(tenMinutes)
        await github.finishRun(repository, id)
        await ended
        return `${await github.requestsOf(`/runs/${id}`)} ${name}`
      }),
    )
    const [own = '', peer] = counts
    const wizard = own.replace(/ .*/, '')
    return [{ what: 'watching ten minutes of five jobs: requests', wizard, peer, most: '75' }]
  })

type Watcher = [name: string, command: (id: number) => Command]

async function watchersOf(place: Place, { isUsual = false } = {}): Promise<Watcher[]> {
  const own = isUsual ? [] : ['--interval', String(interval)]
  const watchers: Watcher[] = [
    ['wizard', (id) => place.wizard('root', 'WORKFLOW', 'WATCH', `${repository}/${id}`, ...own)],
  ]
  if (await isInstalled('gh')) {
    const theirs = isUsual ? [] : ['-i', String(interval)]
    const watched = ['run', 'watch', '-R', repository, ...theirs]
    watchers.push(['gh', (id) => place.gh(...watched, String(id))])
  }
  return watchers
}

/** The runs end at different moments between two polls, after the quick polls at the beginning. */
async function delays(place: Place, command: (id: number) => Command): Promise<number[]> {
  const times: number[] = []
  for (const after of [12_000, 12_600, 13_200, 13_800, 14_400]) {
    const id = await place.github.addRun(repository, 1)
    const ended = run(command(id)).then(() => Date.now())
    await setTimeout(after)
    const finished = await place.github.finishRun(repository, id)
    times.push(((await ended) - finished) / 1000)
  }
  return times
}
