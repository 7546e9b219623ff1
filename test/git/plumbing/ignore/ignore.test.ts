import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readWorktreeSettings } from '../../../../src/git/plumbing/config/worktree-settings.js'
import { createIgnorer } from '../../../../src/git/plumbing/ignore/ignorer.js'
import { compileGlob } from '../../../../src/git/plumbing/ignore/wildmatch.js'
import { Folder } from '../../../../src/git/worktree/folder.js'
import { write } from '../../support/edits.js'
import { git, gitBytes, temporaryFolder } from '../../support/real-git.js'
import { type Random, randomSource } from '../../support/trees.js'

function repository(): string {
  const dir = temporaryFolder()
  git(dir, ['init', '--quiet'])
  return dir
}

/** Whether each path is ignored, found by walking down to it as a status does. */
function ours(dir: string, paths: string[]): string[] {
  const gitDir = join(dir, '.git')
  const top = createIgnorer({
    folder: new Folder(dir),
    gitDir,
    settings: readWorktreeSettings(gitDir),
  })
  return paths.filter((path) => {
    const isFolder = path.endsWith('/')
    const names = path.replace(/\/$/, '').split('/')
    let ignorer = top
    for (let depth = 1; depth < names.length; depth++)
      ignorer = ignorer.enter(names.slice(0, depth).join('/'))
    return ignorer.ignores(names.join('/'), isFolder)
  })
}

function gits(dir: string, paths: string[]): string[] {
  // Without its slash, git checks the disk; otherwise it would read `a/` as a path inside `a`.
  const asked = new Map(paths.map((path) => [path.replace(/\/$/, ''), path]))
  const input = Buffer.from([...asked.keys()].map((path) => `${path}\0`).join(''), 'latin1')
  const args = ['check-ignore', '-z', '--stdin', '--no-index']
  try {
    const output = gitBytes(dir, args, { input }).toString('latin1')
    return output.split('\0').flatMap((path) => asked.get(path) ?? [])
  } catch (error) {
    // It exits with 1 if none is ignored.
    if (error instanceof Error && 'status' in error && error.status === 1) return []
    throw error
  }
}

const pieces = [
  ...[
    'a',
    'b',
    'ab',
    'x',
    '.',
    '*',
    '*',
    '?',
    '**',
    '/',
    '/',
    '/**/',
    '**/',
    '/**',
    '[ab]',
    '[!a]',
  ],
  ...[
    '[a-c]',
    '[^x]',
    '[]a]',
    '[[:alpha:]]',
    '[[:digit:]x]',
    '[a',
    '\\a',
    '\\*',
    '\\',
    ' ',
    '\\ ',
    '!',
  ],
  ...[
    '#',
    '\\!',
    '\\#',
    'é',
    '[\\]]',
    '[a-]',
    '[--b]',
    '***',
    '[[:foo:]]',
    '[[:constructor:]]',
    '[z-a]',
    'A',
    '[A-C]',
    '-',
  ],
]
const letters = [
  'a',
  'b',
  'ab',
  'x',
  'A',
  '.a',
  'a.b',
  'é',
  '*',
  'a b',
  'a ',
  '!a',
  '#',
  '1',
  ']',
  '-',
  'aab',
]

const pattern = (random: Random) =>
  Array.from({ length: 1 + random.pick(5) }, () => random.choose(pieces)).join('') +
  random.choose(['', '', '', '/', ' ', '  ', '\r'])

const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

function randomPaths(random: Random): string[] {
  const path = () =>
    Array.from({ length: 1 + random.pick(4) }, () => random.choose(letters)).join('/')
  return [...new Set(Array.from({ length: 40 }, path))].map(bytes)
}

describe('what is ignored is what git ignores', () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed + 1))('random rules, seed %i', (seed) => {
    const random = randomSource(seed)
    const dir = repository()
    if (seed % 5 === 0) git(dir, ['config', 'core.ignoreCase', 'true'])
    const rules = () => Array.from({ length: 1 + random.pick(4) }, () => pattern(random)).join('\n')
    const exclude = rules()
    const own = rules()
    writeFileSync(join(dir, '.gitignore'), own)
    writeFileSync(join(dir, '.git/info/exclude'), exclude)
    for (const folder of ['a', 'a/b', 'x']) write(dir, `${folder}/.gitignore`, rules())
    // The folders exist, so that git recognises them as folders.
    for (const folder of ['ab', 'A', 'a/ab', 'a/a']) write(dir, `${folder}/there`, '')
    const folders = ['a/', 'a/b/', 'x/', 'ab/', 'A/', 'a/ab/', 'a/a/']
    const paths = [...randomPaths(random), ...folders].filter(
      (path) => !folders.includes(`${path}/`),
    )
    const shown = JSON.stringify({ own, exclude })
    expect(ours(dir, paths).sort(), shown).toEqual(gits(dir, paths).sort())
  })

  test('a pattern that backtracks for ever elsewhere is matched at once', () => {
    const matches = compileGlob(`${'*a'.repeat(40)}b`, { ignoreCase: false })
    const start = performance.now()
    expect(matches('a'.repeat(250))).toBe(false)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
