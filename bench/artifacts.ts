import { isInstalled } from './machine.js'
import { type Contenders, compare, inSeconds, peakMemory, type Row, timesRow } from './measure.js'
import { type Place, withPlace } from './place.js'

const files = 300
const repository = 'bench/artifacts'

/**
 * Downloads and unpacks an artifact of 300 files of 1 MB: seconds, and the peak memory of a
 * process.
 */
export const artifacts = (): Promise<Row[]> =>
  withPlace(async (place) => {
    const runId = await place.github.addArtifact(repository, 'dist', files, 1e6)
    await place.configure('root', {})
    const contenders = await contendersOf(place, runId)
    const times = await compare(3, contenders)
    const [wizard, gh] = [
      await peakMemory(contenders.wizard?.(98)),
      await peakMemory(contenders.gh?.(99)),
    ]
    const what = `artifact of ${files} MB`
    return [
      timesRow(what, times, 1.5),
      { what: `${what}: memory`, wizard: `${wizard} MB`, peer: `${gh} MB gh`, most: '150 MB' },
    ]
  })

/**
 * A gigabyte in few and in many files: the peak memory of a process, and the seconds of one run.
 */
export const largeArtifacts = async (): Promise<Row[]> => [
  await large(1000, 1e6, '1,000 × 1 MB'),
  await large(100_000, 1e4, '100,000 × 10 kB'),
]

const large = (count: number, size: number, what: string): Promise<Row> =>
  withPlace(async (place) => {
    const runId = await place.github.addArtifact(repository, 'dist', count, size)
    await place.configure('root', {})
    const { wizard, gh } = await contendersOf(place, runId)
    const begun = performance.now()
    const memory = await peakMemory(wizard?.(0))
    const seconds = inSeconds((performance.now() - begun) / 1000)
    const peer = gh === undefined ? undefined : `${await peakMemory(gh(0))} MB gh`
    return {
      what: `artifact of ${what}: memory`,
      wizard: `${memory} MB (${seconds})`,
      peer,
      most: '200 MB',
    }
  })

async function contendersOf(place: Place, runId: number): Promise<Contenders<string>> {
  const { apiUrl, token } = await place.github.addresses()
  const id = String(runId)
  const out = (name: string, round: number) => place.path(`${name}-${round}`)
  const contenders: Contenders<string> = {
    wizard: (round) =>
      place.wizard('root', 'WORKFLOW', 'DOWNLOAD', `${repository}/${id}`, '--dir', out('w', round)),
  }
  if (await isInstalled('gh')) {
    contenders.gh = (round) =>
      place.gh(...['run', 'download', id, '-R', repository, '-D'], out('gh', round))
  }
  const script = `
    url=$(curl -sf -H "$3" "$1/repos/${repository}/actions/runs/${id}/artifacts" |
      sed -n 's/.*"archive_download_url": *"\\([^"]*\\)".*/\\1/p')
    curl -sfL -H "$3" -o "$2.zip" "$url" && unzip -q "$2.zip" -d "$2"`
  if ((await isInstalled('curl')) && (await isInstalled('unzip'))) {
    contenders['curl + unzip'] = (round) => {
      const to = out('curl', round)
      return place.program(['sh', '-c', script, 'sh', apiUrl, to, `Authorization: Bearer ${token}`])
    }
  }
  return contenders
}
