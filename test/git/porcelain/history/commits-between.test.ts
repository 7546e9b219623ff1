import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openObjectStore } from '../../../../src/git/plumbing/objects/store.js'
import {
  commitsBetween,
  type HistoryPlace,
  touching,
} from '../../../../src/git/porcelain/history/history.js'
import { addHistory, randomNumbers } from '../../support/histories.js'
import { git, runAll, temporaryFolder } from '../../support/real-git.js'

const paths = ['core/a.txt', 'core/deep/b.txt', 'core/deep/c.txt', 'cored/d.txt', 'top.txt']

interface Made {
  files: Map<string, number>
}

/**
 * Commits with one to three parents; each changes, deletes or takes over some of the same files.
 */
function graphStream(seed: number, count: number): string {
  const random = randomNumbers(seed)
  const pick = (bound: number) => Math.floor(random() * bound)
  const made: Made[] = []
  const parts: string[] = []
  for (let index = 0; index < count; index++) {
    const parents = [...new Set([index - 1 - pick(3), index - 1 - pick(8), index - 1 - pick(8)])]
      .filter((parent) => parent >= 0)
      .slice(0, random() < 0.4 ? 3 : 1)
    const [first, ...others] = parents
    const files = new Map(made[first ?? -1]?.files)
    for (const path of paths) {
      const other = made[others[pick(others.length)] ?? -1]?.files.get(path)
      if (other !== undefined && random() < 0.7) files.set(path, other)
      else if (random() < 0.12) files.set(path, pick(4))
      else if (random() < 0.03) files.delete(path)
    }
    made.push({ files })
    const content = (number: number) => `data 2\n${number}\n`
    parts.push(
      `commit refs/heads/c${index}\nmark :${index + 1}\n`,
      // Clocks are sometimes wrong.
      `committer C <c@h.example> ${1_700_000_000 + index * 60 - pick(300)} +0000\ndata 1\nx\n`,
      ...(first === undefined ? [] : [`from :${first + 1}\n`]),
      ...others.map((parent) => `merge :${parent + 1}\n`),
      'deleteall\n',
      ...Array.from(files, ([path, number]) => `M 100644 inline ${path}\n${content(number)}`),
    )
  }
  return parts.join('')
}

function graph(seed: number, count = 60): string {
  const dir = temporaryFolder()
  git(dir, ['init', '--quiet', '--bare', '--initial-branch=main'])
  git(dir, ['fast-import', '--quiet'], { input: graphStream(seed, count) })
  return dir
}

async function placeAt(commonDir: string): Promise<HistoryPlace> {
  const store = await openObjectStore(commonDir)
  onTestFinished(() => store.close())
  return { store, commonDir }
}

const linesOf = (output = '') => output.split('\n').filter(Boolean)

const asked = ['core', 'core/deep', 'core/deep/b.txt', 'top.txt', 'none', 'top.txt/x']

interface Answer {
  commits: string[]
  /** For each of `asked`, in its order. */
  touching: string[][]
}

/** The commits of a range, and those that touch each path, by git. */
function askGit(dir: string, between: string): Answer {
  const log = ['git', 'log', '--full-history', '--no-merges', '--format=%H', between, '--']
  const [revList, ...logs] = runAll(dir, [
    ['git', 'rev-list', '--parents', between],
    ...asked.map((path) => [...log, path]),
  ])
  const family = linesOf(revList).map((line) => line.split(' '))
  const merges = family.filter((oids) => oids.length > 2)
  return {
    commits: family.map(([oid = '']) => oid),
    touching: mergesThatChange(dir, merges).map((found, at) => [...linesOf(logs[at]), ...found]),
  }
}

/** For each path, the merges in which it differs from all parents. @param merges each with its parents */
function mergesThatChange(dir: string, merges: string[][]): string[][] {
  const questions = asked.flatMap((path) => merges.flat().map((oid) => `${oid}:${path}\n`))
  const input = questions.join('')
  const answers = linesOf(git(dir, ['cat-file', '--batch-check=%(objectname)'], { input }))
  expect(answers).toHaveLength(questions.length)
  const next = () => answers.shift()?.match(/^[0-9a-f]{40}$/)?.[0] ?? 'none'
  return asked.map(() =>
    merges.flatMap(([merge = '', ...parents]) => {
      const now = next()
      return parents.map(next).includes(now) ? [] : [merge]
    }),
  )
}

const sorted = (oids: string[]) => [...oids].sort()

test.each([1, 2, 3, 4])('a range is what git says, graph %i', { tags: ['deep'] }, async (seed) => {
  const dir = graph(seed)
  const place = await placeAt(dir)
  const names = Array.from({ length: 60 }, (_, index) => `c${index}`)
  const tips = linesOf(git(dir, ['rev-parse', ...names]))
  const at = (index: number) => tips[index] ?? ''
  for (const [base, head] of [
    [10, 59],
    [30, 50],
    [50, 30],
    [58, 59],
    [20, 20],
  ] as const) {
    const range = await commitsBetween(place, at(base), at(head))
    const expected = askGit(dir, `c${base}..c${head}`)
    expect(sorted(range?.commits.map(({ oid }) => oid) ?? [])).toEqual(sorted(expected.commits))
    const times = range?.commits.map(({ time }) => time) ?? []
    expect(times).toEqual([...times].sort((one, other) => other - one))
    for (const [index, path] of asked.entries()) {
      const found = range === null ? [] : await touching(place, range, path)
      const oids = found.map(({ oid }) => oid)
      expect(sorted(oids), path).toEqual(sorted(expected.touching[index] ?? []))
    }
  }
  const all = await commitsBetween(place, null, at(59))
  expect(sorted(all?.commits.map(({ oid }) => oid) ?? [])).toEqual(
    sorted(linesOf(git(dir, ['rev-list', 'c59']))),
  )
})

test('where a clone is cut within the range nobody knows it; above that all is known', {
  tags: ['deep'],
}, async () => {
  const dir = temporaryFolder()
  git(dir, ['init', '--quiet', '--bare', '--initial-branch=main'])
  addHistory(dir, { commits: 10, files: 2 })
  const copy = temporaryFolder()
  git(copy, ['clone', '--quiet', '--bare', '--depth=5', `file://${dir}`, 'copy'])
  const place = await placeAt(join(copy, 'copy'))
  const oids = git(dir, ['rev-list', 'main']).split('\n')
  const range = await commitsBetween(place, oids[3] ?? '', oids[0] ?? '')
  expect(range?.commits.map(({ oid }) => oid)).toEqual(oids.slice(0, 3))
  expect(await commitsBetween(place, null, oids[0] ?? '')).toBe(null)
  expect(await commitsBetween(place, oids[7] ?? '', oids[0] ?? '')).toBe(null)
})
