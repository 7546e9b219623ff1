import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { inShell } from '../../support/shell.js'
import { git, runAll } from './real-git.js'

const listRefs = ['git', 'for-each-ref', '--format=%(refname) %(objectname) %(symref)']
const listConfig = ['git', 'config', '--local', '--list']
const listIndex = ['git', 'ls-files', '--stage']
const sortedLines = (output = '') => output.split('\n').sort()

export const headOf = (dir: string) => readFileSync(join(dir, '.git/HEAD'), 'utf8')

export const configOf = (dir: string) => sortedLines(git(dir, listConfig.slice(1)))

/** The second clone has everything that git's own clone has. */
export function expectSame(oracle: string, dir: string): void {
  expect(contentsOf(dir)).toEqual(contentsOf(oracle))
  expect(headOf(dir)).toBe(headOf(oracle))
  inShell(['diff', '-r', '--no-dereference', '--exclude=.git', oracle, dir])
  expectWhole(dir)
}

function contentsOf(dir: string) {
  const [refs, config, index] = runAll(dir, [listRefs, listConfig, listIndex])
  return { refs, config: sortedLines(config), index }
}

export function expectWhole(dir: string): void {
  const packs = readdirSync(join(dir, '.git/objects/pack'))
  const indexes = packs.filter((one) => one.endsWith('.idx'))
  const [faults, changes] = runAll(dir, [
    ['git', 'fsck', '--full', '--strict', '--no-dangling'],
    ['git', 'status', '--porcelain', '--ignored'],
    ...indexes.map((name) => ['git', 'verify-pack', `.git/objects/pack/${name}`]),
  ])
  expect([faults, changes]).toEqual(['', ''])
  expect(packs.filter((name) => name.startsWith('tmp_'))).toEqual([])
  expect(readdirSync(dirname(dir)).filter((name) => name.startsWith('.wizard'))).toEqual([])
}
