import { changedFiles, textFiles } from './corpus.js'
import { byIsomorphicGit, compare, peakMemory, type Row, timesRow } from './measure.js'
import { type Place, withPlace } from './place.js'

const rounds = 5
const repository = 'bench/files'
const converted = 'bench/converted'
const shallow = { flags: ['--depth', '1'] }

/** Clones 3,000 files with a history of 20 commits, and eight small repositories at once. */
export const clone = (): Promise<Row[]> =>
  withPlace(async (place) => {
    await addHistory(place)
    const attributes = { '.gitattributes': '* text=auto eol=crlf\n' }
    await place.github.addRepository(converted, { ...textFiles(3000), ...attributes })
    await place.configure('root', {})
    return [
      timesRow('clone of 3,000 files', await compare(rounds, oneClone(place, 'full')), 1.8),
      timesRow(
        'clone of 3,000 files, depth 1',
        await compare(rounds, oneClone(place, 'shallow', shallow)),
        1.8,
      ),
      timesRow(
        'clone of 3,000 files with `* text=auto eol=crlf`',
        await compare(rounds, oneClone(place, 'converted', { from: converted })),
        1.4,
      ),
      timesRow('8 clones of 150 files', await compare(rounds, await eightClones(place)), 1.5),
    ]
  })

/** The peak memory of a clone. */
export const cloneMemory = (): Promise<Row[]> =>
  withPlace(async (place) => {
    await addHistory(place)
    await place.configure('root', {})
    const full = await peakMemory(oneClone(place, 'full').wizard(0))
    const ofShallow = await peakMemory(oneClone(place, 'shallow', shallow).wizard(0))
    const isomorphic = `${await peakMemory(oneClone(place, 'full').isomorphic(0))} MB`
    return [
      { what: 'clone of 3,000 files: memory', wizard: `${full} MB`, isomorphic, most: '160 MB' },
      { what: 'clone of 3,000 files, depth 1: memory', wizard: `${ofShallow} MB`, most: '160 MB' },
    ]
  })

async function addHistory({ github }: Place): Promise<void> {
  let files = textFiles(3000)
  await github.addRepository(repository, files)
  for (let seed = 2; seed < 22; seed++) {
    const changed = changedFiles(files, 200, seed)
    await github.commit(repository, changed)
    files = { ...files, ...changed }
  }
  await github.repack(repository)
}

/** Each clone gets its own folder: removing a large tree slows down the next clone. */
const oneClone = (
  { wizard, git, url, path }: Place,
  name: string,
  { from = repository, flags = [] }: { from?: string; flags?: string[] } = {},
) => {
  const byWizard = (folder: string) => wizard('root', 'REPO', 'CLONE', from, folder, ...flags)
  return {
    wizard: (round: number) => byWizard(path(`${name}-wizard-${round}`)),
    isomorphic: (round: number) => byIsomorphicGit(byWizard(path(`${name}-isomorphic-${round}`))),
    'git clone': (round: number) =>
      git('clone', '--quiet', ...flags, url(from), path(`${name}-git-${round}`)),
  }
}

async function eightClones({ github, configure, wizard, program, path, url }: Place) {
  const names = Array.from({ length: 8 }, (_, index) => `bench/small-${index}`)
  for (const [index, name] of names.entries()) {
    await github.addRepository(name, textFiles(150, 100 + index))
  }
  const destinations = Object.fromEntries(names.map((name) => [`library/${name}`, name]))
  for (let round = 0; round <= rounds; round++) await configure(`eight-${round}`, destinations)
  const listFor = (round: number) =>
    names.map((name) => `${url(name)} ${path(`eight-git-${round}`, name)}\n`).join('')
  return {
    wizard: (round: number) => wizard(`eight-${round}`, 'REPO', 'CLONE-ALL'),
    'xargs -P2 git clone': (round: number) =>
      program(['xargs', '-P2', '-n2', 'git', 'clone', '--quiet'], listFor(round)),
  }
}
