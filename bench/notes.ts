import { mkdir } from 'node:fs/promises'
import { compare, inSeconds, peakMemory, type Row, run } from './measure.js'
import { type Place, withPlace } from './place.js'

const repository = 'bench/notes'
const commits = 10_000

/** The notes of a release of 10,000 commits, from a clone: seconds and peak memory. */
export const notes = (): Promise<Row[]> =>
  withPlace(async (place) => {
    await addHistory(place)
    const args = ['RELEASE', 'NOTES', `${repository}@v2.0.0`, '--source', place.path('clone')]
    const wizard = place.wizard('root', ...args)
    const log = place.git('-C', 'clone', 'log', '--format=%H %an %s', 'v1.0.0..v2.0.0')
    const times = await compare(3, { wizard: () => wizard, git: () => log })
    const what = `notes of ${commits.toLocaleString('en')} commits`
    return [
      {
        what,
        wizard: inSeconds(times.wizard),
        peer: `${inSeconds(times.git)} git log`,
        most: '3 s',
      },
      { what: `${what}: memory`, wizard: `${await peakMemory(wizard)} MB` },
    ]
  })

async function addHistory(place: Place): Promise<void> {
  const origin = place.path('origin')
  await mkdir(origin)
  await run(place.git('init', '--quiet', '--initial-branch', 'main', origin))
  const importer = place.git('-C', origin, 'fast-import', '--quiet')
  await run({ ...importer, input: history() })
  await place.github.addImported(repository, origin)
  await place.github.repack(repository)
  await place.configure('root', {})
  await run(place.git('clone', '--quiet', place.url(repository), 'clone'))
}

/** For git-fast-import(1): commits of several people to several files, between two tags. */
function history(): string {
  const kinds = ['feat', 'fix', 'perf', 'docs', 'chore']
  const commit = (number: number) => {
    const person = `person-${number % 20}`
    const kind = kinds[number % kinds.length]
    const message = `${kind}(part-${number % 50}): change number ${number} (#${number + 1})\n`
    const content = `${number}\n`
    return [
      'commit refs/heads/main',
      `committer ${person} <${person}@users.noreply.github.com> ${1_700_000_000 + number * 60} +0000`,
      `data ${message.length}\n${message}`,
      `M 100644 inline files/${number % 300}.txt`,
      `data ${content.length}\n${content}`,
      '',
    ].join('\n')
  }
  const tag = (name: string) => `reset refs/tags/${name}\nfrom refs/heads/main\n\n`
  const rest = Array.from({ length: commits }, (_, index) => commit(index + 1))
  return [commit(0), tag('v1.0.0'), ...rest, tag('v2.0.0')].join('')
}
