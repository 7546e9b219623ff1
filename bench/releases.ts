import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { isInstalled } from './machine.js'
import {
  type Command,
  type Contenders,
  compare,
  peakMemory,
  type Row,
  timesRow,
} from './measure.js'
import { type Place, withPlace } from './place.js'

const repository = 'bench/releases'
const rounds = 3
const megabyte = 2 ** 20

/** Uploads assets to empty releases: seconds, and the peak memory of a process. */
export const releases = (): Promise<Row[]> =>
  withPlace(async (place) => {
    await place.github.addRepository(repository, { 'README.md': '# releases\n' })
    await place.configure('root', {})
    return [...(await large(place)), ...(await many(place))]
  })

/** One asset of 1 GB. */
async function large(place: Place): Promise<Row[]> {
  const file = await fileOf(place, 'large.bin', 1024)
  const contenders = await uploaders(place, 'large', [file])
  const times = await compare(rounds, contenders)
  const small = await fileOf(place, 'small.bin', 100)
  const less = await uploaders(place, 'small', [small])
  const memory = [
    await peakMemory(less.wizard?.(0)),
    await peakMemory(contenders.wizard?.(rounds + 1)),
  ]
  const gh = await peakMemory(contenders.gh?.(rounds + 1))
  return [
    timesRow('upload of 1 GB', times, 1.2),
    {
      what: 'upload of 1 GB: memory',
      wizard: `${memory[1]} MB (of 100 MB: ${memory[0]} MB)`,
      peer: `${gh} MB gh`,
      most: '150 MB',
    },
  ]
}

/** 200 assets of 10 kB, with a few milliseconds of latency. */
async function many(place: Place): Promise<Row[]> {
  const folder = place.path('many')
  await mkdir(folder)
  const files = Array.from({ length: 200 }, (_, index) => `${folder}/part-${index}.bin`)
  await Promise.all(files.map((file) => writeFile(file, file.padEnd(10_000))))
  await place.github.delay(20)
  const { wizard, curl } = await uploaders(place, 'many', files)
  const times = await compare(rounds, { wizard, 'curl, one at a time': curl } as Contenders<string>)
  await place.github.delay(0)
  return [timesRow('upload of 200 × 10 kB, 20 ms a request', times, 0.5)]
}

async function fileOf(place: Place, name: string, megabytes: number): Promise<string> {
  const file = place.path(name)
  await writeFile(file, 'begin')
  await truncate(file, megabytes * megabyte)
  return file
}

/** A release for each round of each command. */
async function uploaders(place: Place, what: string, files: string[]): Promise<Contenders<string>> {
  const { token } = await place.github.addresses()
  const tags = ['wizard', 'gh', 'curl'].flatMap((name) =>
    Array.from({ length: rounds + 2 }, (_, round) => `${what}-${name}-${round}`),
  )
  const addresses = await place.github.addReleases(repository, tags)
  const contenders: Contenders<string> = {
    wizard: (round) =>
      place.wizard('root', 'RELEASE', 'UPLOAD', `${repository}@${what}-wizard-${round}`, ...files),
  }
  if (await isInstalled('gh')) {
    contenders.gh = (round) =>
      place.gh('release', 'upload', `${what}-gh-${round}`, ...files, '-R', repository)
  }
  if (await isInstalled('curl')) {
    contenders.curl = (round) => curl(place, token, addresses[`${what}-curl-${round}`] ?? '', files)
  }
  return contenders
}

const script = `
  url=$1 token=$2; shift 2
  for file; do
    curl -sf -X POST -T "$file" -H "Authorization: Bearer $token" \\
      -H 'Content-Type: application/octet-stream' "$url?name=$(basename "$file")" > /dev/null || exit 1
  done`

const curl = (place: Place, token: string, url: string, files: string[]): Command =>
  place.program(['sh', '-c', script, 'sh', url, token, ...files])
