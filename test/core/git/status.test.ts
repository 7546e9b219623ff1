import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openObjectStore } from '../../../src/core/git/objects/store.js'
import { changes, isClean, status } from '../../../src/core/git/status.js'
import { touch } from './edits.js'
import { git, gitBytes, temporaryFolder } from './real-git.js'
import { addRandomHistory, randomSource } from './trees.js'

async function request(dir: string) {
  const gitDir = join(dir, '.git')
  const store = await openObjectStore(gitDir)
  onTestFinished(() => store.close())
  return { dir, gitDir, store }
}

const lists = (found: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(found).map(([kind, paths]) => [kind, paths.sort()]))

/** By kind, paths in latin1, as git itself tells them. */
function gitStatus(dir: string, ...options: string[]) {
  const output = gitBytes(dir, ['status', '--porcelain', '-z', '--no-renames', ...options])
  const found: Record<string, string[]> = { staged: [], unstaged: [], untracked: [], ignored: [] }
  for (const record of output.toString('latin1').split('\0')) {
    const [x, y, path] = [record[0], record[1], record.slice(3)]
    if (record === '') continue
    if (x === '?') found.untracked?.push(path)
    else if (x === '!') found.ignored?.push(path)
    else {
      if (x !== ' ') found.staged?.push(path)
      if (y !== ' ') found.unstaged?.push(path)
    }
  }
  return lists(found)
}

async function ourStatus(dir: string) {
  const found: Record<string, string[]> = { staged: [], unstaged: [], untracked: [], ignored: [] }
  for await (const { kind, path } of changes(await request(dir), { withIgnored: true })) {
    found[kind]?.push(path)
  }
  return lists(found)
}

async function expectSameAsGit(dir: string) {
  // First, as git refreshes the index while it looks.
  const ours = await ourStatus(dir)
  const { ignored, ...rest } = ours
  const shown = await status(await request(dir))
  const theirs = gitStatus(dir)
  expect(rest).toEqual({ ...theirs, ignored: undefined })
  expect({ ...ours }).toEqual(gitStatus(dir, '--ignored'))
  for (const kind of ['staged', 'unstaged', 'untracked'] as const) {
    expect(shown[kind]).toHaveLength(new Set(theirs[kind]).size)
  }
  expect(await isClean(await request(dir))).toBe(
    shown.staged.length + shown.unstaged.length + shown.untracked.length === 0,
  )
}

function repository(seed = 1): string {
  const dir = temporaryFolder()
  git(dir, ['init', '--quiet', '--initial-branch=main'])
  addRandomHistory(dir, { seed, commits: 3, changes: 12 })
  git(dir, ['reset', '--hard', '--quiet'])
  return dir
}

const tracked = (dir: string) =>
  gitBytes(dir, ['ls-files', '-z']).toString('latin1').split('\0').filter(Boolean)

describe('a work tree’s status is git’s', () => {
  test.each(Array.from({ length: 12 }, (_, seed) => seed + 1))(
    'random edits, seed %i',
    async (seed) => {
      const dir = repository(seed)
      await expectSameAsGit(dir)
      const random = randomSource(seed)
      writeFileSync(join(dir, '.git/info/exclude'), '*.o\n/d\n')
      const paths = tracked(dir)
      for (let round = 0; round < 4; round++) {
        for (let count = 0; count < 6; count++) touch(random, dir, paths)
        await expectSameAsGit(dir)
      }
    },
  )
})
