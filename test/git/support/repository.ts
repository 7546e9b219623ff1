import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openObjectStore } from '../../../src/git/plumbing/objects/store.js'
import { git, runAll, temporaryFolder } from './real-git.js'
import { addRandomHistory, type RandomHistory } from './trees.js'

/** The arguments of src/git's functions for one repository; its store is closed after the test. */
export async function placeOf(dir: string) {
  const gitDir = join(dir, '.git')
  const store = await openObjectStore(gitDir)
  onTestFinished(() => store.close())
  return { dir, gitDir, store }
}

/** A repository with a random history on `main`, without a checkout. */
export function randomRepository(history: RandomHistory): { dir: string; commits: string[] } {
  const dir = temporaryFolder()
  git(dir, ['init', '--quiet', '--initial-branch=main'])
  return { dir, commits: addRandomHistory(dir, history) }
}

/** A copy in which git has checked out `commit` on `main`. */
export function cloneAt(dir: string, commit: string): string {
  const copy = temporaryFolder()
  runAll(copy, [
    ['git', 'init', '--quiet', '--initial-branch=main'],
    ['git', 'fetch', '--quiet', dir, '+refs/heads/*:refs/remotes/origin/*'],
    ['git', 'reset', '--hard', '--quiet', commit],
  ])
  return copy
}
