import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cloneRepository, removeDeadClones } from '../../../src/git/porcelain/clone/clone.js'
import { pull } from '../../../src/git/porcelain/pull.js'
import { inShell } from '../../support/shell.js'
import { client, localGitHub } from '../support/client.js'
import { runUntilKilled } from '../support/dying.js'
import { addMerges } from '../support/merges.js'
import { as, expectHonestIndex } from '../support/moves.js'
import { git, networkGit, temporaryFolder } from '../support/real-git.js'
import { type Random, randomSource } from '../support/trees.js'
import { expectSame } from '../support/whole.js'

interface Setting {
  random: Random
  url: string
  folder: string
  depth: number | undefined
  /** Two commits of `main`, the second one newer. */
  a: string
  b: string
  /** Sets the server's `main` to a commit. */
  serve(commit: string): void
}

async function setting(seed: number, depth: number | undefined): Promise<Setting> {
  const github = await localGitHub()
  const { bare } = await github.addRepository('uDOS/random', { empty: true })
  const random = randomSource(seed)
  const commits = addMerges(bare, { seed, commits: 8, changes: 6 })
  const from = random.pick(commits.length - 1)
  const to = from + 1 + random.pick(commits.length - 1 - from)
  const serve = (commit: string) => void git(bare, ['update-ref', 'refs/heads/main', commit])
  const [a = '', b = ''] = [commits[from], commits[to]]
  const url = `${github.gitUrl}/uDOS/random.git`
  return { random, url, folder: temporaryFolder(), depth, a, b, serve }
}

const cloneTo = ({ url, depth }: Setting, dir: string, mark: string) =>
  cloneRepository(client({ liveness: as(mark) }), { url, dir, branches: 'one', depth })

const pullIn = ({ url }: Setting, dir: string, mark: string) =>
  pull(client({ liveness: as(mark) }), {
    url,
    dir,
    ref: 'main',
    pinned: false,
    onDiverged: 'block',
  })

/** git's own result of a clone at the first commit and a pull to the second. */
async function pulledByGit({ url, folder, depth, a, b, serve }: Setting): Promise<string> {
  const args = depth === undefined ? ['--single-branch'] : ['--depth', String(depth)]
  serve(a)
  await networkGit(folder, ['clone', '--quiet', ...args, url, 'oracle'])
  serve(b)
  const oracle = join(folder, 'oracle')
  await networkGit(oracle, ['pull', '--quiet', '--ff-only'])
  return oracle
}

/** A copy whose index has the stat data of the copy's files, not of the originals. */
function copyOf(dir: string, to: string): string {
  inShell(['cp', '-a', dir, to])
  git(to, ['update-index', '--refresh'])
  return to
}

const indexOf = (dir: string) => git(dir, ['ls-files', '--stage', '--debug', '-z'])

/** Equal to git's own clone, with an index that git accepts and need not refresh. */
function expectPulled(oracle: string, dir: string): void {
  const index = indexOf(dir)
  git(dir, ['update-index', '--really-refresh'])
  expect(indexOf(dir)).toBe(index)
  expectSame(oracle, dir)
  const shallow = (of: string) => join(of, '.git/shallow')
  expect(existsSync(shallow(dir))).toBe(existsSync(shallow(oracle)))
  if (existsSync(shallow(dir))) {
    expect(linesOf(shallow(dir))).toEqual(linesOf(shallow(oracle)))
  }
  expectHonestIndex({ dir, gitDir: join(dir, '.git') })
}

const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n').sort()

/** Kills the process at random steps, often enough that it also dies in its own recovery. */
async function killAtRandom(
  random: Random,
  steps: number,
  run: (mark: string) => Promise<unknown>,
) {
  for (let life = 1; life <= 3; life++) {
    await runUntilKilled(1 + random.pick(steps), () => run(`life ${life}`))
  }
}

const seeds = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at)

const depths: [string, number | undefined][] = [
  ['whole', undefined],
  ['one commit deep', 1],
  ['three commits deep', 3],
]

describe.each(depths)('%s, of a random history', { tags: ['deep'] }, (_, depth) => {
  test.each(seeds(1, 3))('cloned and then pulled is as cloned later; seed %i', async (seed) => {
    const it = await setting(seed, depth)
    const oracle = await pulledByGit(it)
    const [ours, later] = [join(it.folder, 'ours'), join(it.folder, 'later')]
    it.serve(it.a)
    await cloneTo(it, ours, 'first')
    it.serve(it.b)
    expect(await pullIn(it, ours, 'second')).toMatchObject({ from: it.a, to: it.b })
    expectPulled(oracle, ours)
    await cloneTo(it, later, 'third')
    if (depth === undefined) expectPulled(later, ours)
    else inShell(['diff', '-r', '--no-dereference', '--exclude=.git', later, ours])
  })

  test.each(seeds(101, 2))(
    'killed at random steps of the pull and run again; seed %i',
    async (seed) => {
      const it = await setting(seed, depth)
      const oracle = await pulledByGit(it)
      const base = join(it.folder, 'base')
      it.serve(it.a)
      await cloneTo(it, base, 'first')
      it.serve(it.b)
      const rehearsal = copyOf(base, join(it.folder, 'rehearsal'))
      const steps = await runUntilKilled(Number.POSITIVE_INFINITY, () =>
        pullIn(it, rehearsal, 'first'),
      )
      expect(steps).toBeGreaterThan(10)
      for (let time = 1; time <= 3; time++) {
        const dir = copyOf(base, join(it.folder, `killed-${time}`))
        await killAtRandom(it.random, steps ?? 0, (mark) => pullIn(it, dir, mark))
        await pullIn(it, dir, 'last')
        expectPulled(oracle, dir)
      }
    },
  )

  test.each(seeds(201, 2))(
    'killed at random steps of the clone and run again; seed %i',
    async (seed) => {
      const it = await setting(seed, depth)
      const oracle = await pulledByGit(it)
      it.serve(it.a)
      const rehearsal = join(it.folder, 'rehearsal')
      const steps = await runUntilKilled(Number.POSITIVE_INFINITY, () =>
        cloneTo(it, rehearsal, 'first'),
      )
      const dir = join(it.folder, 'ours')
      await killAtRandom(it.random, steps ?? 0, (mark) => cloneTo(it, dir, mark))
      await removeDeadClones(it.folder, as('last'))
      if (!existsSync(dir)) await cloneTo(it, dir, 'last')
      it.serve(it.b)
      await pullIn(it, dir, 'last')
      expectPulled(oracle, dir)
    },
  )
})
