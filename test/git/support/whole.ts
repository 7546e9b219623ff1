import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { git } from './real-git.js'

export const refsOf = (dir: string) =>
  git(dir, ['for-each-ref', '--format=%(refname) %(objectname) %(symref)'])

export const headOf = (dir: string) => readFileSync(join(dir, '.git/HEAD'), 'utf8')

export const configOf = (dir: string) =>
  git(dir, ['config', '--local', '--list']).split('\n').sort()

/** The second clone has everything that git's own clone has. */
export function expectSame(oracle: string, dir: string): void {
  expect(refsOf(dir)).toBe(refsOf(oracle))
  expect(headOf(dir)).toBe(headOf(oracle))
  expect(configOf(dir)).toEqual(configOf(oracle))
  expect(git(dir, ['ls-files', '--stage'])).toBe(git(oracle, ['ls-files', '--stage']))
  execFileSync('diff', ['-r', '--no-dereference', '--exclude=.git', oracle, dir])
  expectWhole(dir)
}

export function expectWhole(dir: string): void {
  expect(git(dir, ['fsck', '--full', '--strict', '--no-dangling'])).toBe('')
  expect(git(dir, ['status', '--porcelain', '--ignored'])).toBe('')
  const packs = readdirSync(join(dir, '.git/objects/pack'))
  for (const name of packs.filter((one) => one.endsWith('.idx'))) {
    git(dir, ['verify-pack', join('.git/objects/pack', name)])
  }
  expect(packs.filter((name) => name.startsWith('tmp_'))).toEqual([])
  expect(readdirSync(dirname(dir)).filter((name) => name.startsWith('.wizard'))).toEqual([])
}
