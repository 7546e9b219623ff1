import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bytesOf } from '../../../../src/git/plumbing/byte-path.js'
import { compilePathspecs } from '../../../../src/git/plumbing/ignore/pathspec.js'
import { write } from '../../support/edits.js'
import { git, runAll, temporaryFolder } from '../../support/real-git.js'
import { type Random, randomSource } from '../../support/trees.js'

const paths = ['a', 'ab', 'b', 'x/a', 'x/ab', 'x/b/a', 'y/x/a', 'A1', 'z[1]', 'é/a', 'x y']

/** With a submodule at each path. */
function repository(): string {
  const dir = temporaryFolder()
  const commit = '0123456789abcdef0123456789abcdef01234567'
  const entry = (path: string) => `[submodule "${path}"]\n\tpath = ${path}\n\turl = ../s\n`
  write(dir, '.gitmodules', paths.map(entry).join(''))
  runAll(dir, [
    ['git', 'init', '--quiet'],
    ['git', 'remote', 'add', 'origin', 'https://host.example/x/super'],
    ...paths.map((path) => [
      'git',
      'update-index',
      '--add',
      '--cacheinfo',
      `160000,${commit},${path}`,
    ]),
  ])
  copyFileSync(join(dir, '.git/config'), join(dir, 'config'))
  return dir
}

/** The submodules that `git submodule init` takes for active; null: it refuses a pathspec. */
function gits(dir: string, pathspecs: string[]): string[] | null {
  copyFileSync(join(dir, 'config'), join(dir, '.git/config'))
  for (const one of pathspecs) git(dir, ['config', '--add', 'submodule.active', one])
  try {
    git(dir, ['submodule', 'init'])
  } catch {
    return null
  }
  const shown = git(dir, ['config', '--name-only', '--get-regexp', '^$|^submodule\\.|^core\\.'])
  const found = /^submodule\.(.*)\.url$/
  return shown
    .split('\n')
    .flatMap((key) => found.exec(key)?.[1] ?? [])
    .sort()
}

function ours(pathspecs: string[]): string[] | null {
  try {
    const matches = compilePathspecs(pathspecs.map(bytesOf))
    return paths.filter((path) => matches(bytesOf(path))).sort()
  } catch {
    return null
  }
}

const magic = ['', '', '', ':/', ':!', ':^', ':!/', ':', ':(glob)', ':(icase)', ':(literal)']
const rare = [
  ':(top,glob)',
  ':(exclude)',
  ':(exclude,icase)',
  ':(glob,literal)',
  ':(x)',
  ':(glob',
  ':%',
]
const pieces = [
  'a',
  'b',
  'x',
  'y',
  '/',
  '/',
  '*',
  '*',
  '?',
  '**',
  'A',
  '1',
  '[1]',
  '[a-c]',
  '[!b]',
  '\\a',
]
const odd = ['.', '..', './', '//', 'é', ' ', '!', '[', '(']

const pathspec = (random: Random) =>
  random.choose(random.pick(5) === 0 ? rare : magic) +
  Array.from({ length: 1 + random.pick(4) }, () =>
    random.choose(random.pick(8) === 0 ? odd : pieces),
  ).join('')

describe('pathspecs match what git lets them match', { tags: ['deep'] }, () => {
  test.each(Array.from({ length: 12 }, (_, seed) => seed + 1))('seed %i', (seed) => {
    const random = randomSource(seed)
    const dir = repository()
    for (let round = 0; round < 12; round++) {
      const all = Array.from({ length: 1 + random.pick(3) }, () => pathspec(random))
      expect({ all, found: ours(all) }).toEqual({ all, found: gits(dir, all) })
    }
  })

  test.each([['x'], ['x/'], ['./x'], ['x/b/a/'], ['.'], [':'], [':!x'], [''], ['../x'], ['/x']])(
    '%j',
    (one) => {
      expect(ours([one])).toEqual(gits(repository(), [one]))
    },
  )
})
