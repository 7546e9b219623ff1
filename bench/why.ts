import { isInstalled } from './machine.js'
import { compare, inSeconds, type Row, run } from './measure.js'
import { withPlace } from './place.js'

const repository = 'bench/failed'
const [jobs, failed, lines] = [20, 5, 2000]
/** Milliseconds that each answer takes, as over a network. */
const delay = 40

/**
 * Why five of twenty jobs failed: time, requests, and the bytes that somebody has to read. gh keeps the
 * logs of a run on the disk, so only its first look reads them from GitHub.
 */
export const why = (): Promise<Row[]> =>
  withPlace(async (place) => {
    await place.configure('root', {})
    const { github } = place
    const id = await github.addFailedRun(repository, { jobs, failed, lines })
    const own = () => place.wizard('root', 'WORKFLOW', 'WHY', `${repository}/${id}`)
    const theirs = () => place.gh('run', 'view', String(id), '-R', repository, '--log-failed')
    const hasPeer = await isInstalled('gh')
    const before = await github.requestsOf('/')
    const text = await run(own())
    const requests = (await github.requestsOf('/')) - before
    const theirText = hasPeer ? await run(theirs()) : ''
    await github.delay(delay)
    const times = hasPeer
      ? await compare(5, { own, theirs })
      : { ...(await compare(5, { own })), theirs: Number.NaN }
    const peer = (figure: string) => (hasPeer ? { peer: `${figure} gh` } : {})
    const what = `why ${failed} of ${jobs} jobs failed, ${delay} ms an answer`
    return [
      { what, wizard: inSeconds(times.own), ...peer(inSeconds(times.theirs)), most: '1.0 s' },
      { what: `${what}: requests`, wizard: String(requests), most: '25' },
      {
        what: `${what}: bytes`,
        wizard: String(Buffer.byteLength(text)),
        ...peer(String(Buffer.byteLength(theirText))),
      },
    ]
  })
