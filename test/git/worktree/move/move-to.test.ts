import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BlockedError } from '../../../../src/git/errors.js'
import { fastForward } from '../../../../src/git/worktree/move/move-tree.js'
import { isClean } from '../../../../src/git/worktree/status.js'
import { touch } from '../../support/edits.js'
import { git, gitBytes, temporaryFolder } from '../../support/real-git.js'
import { cloneAt, placeOf, randomRepository } from '../../support/repository.js'
import { snapshot } from '../../support/snapshot.js'
import { randomSource } from '../../support/trees.js'

const message = 'pull: Fast-forward'

const stages = (dir: string) => gitBytes(dir, ['ls-files', '--stage', '-z']).toString('latin1')
const statusOf = (dir: string) =>
  gitBytes(dir, ['status', '--porcelain', '-z', '--ignored']).toString('latin1')

/** Two clones of one repository, both at its first commit, and the last commit to move to. */
function twoClones(seed: number) {
  const { dir, commits } = randomRepository({ seed, commits: 3, changes: 10 })
  const [from = '', to = ''] = [commits[0], commits.at(-1)]
  return { from, to, ours: cloneAt(dir, from), theirs: cloneAt(dir, from) }
}

describe('a fast-forward', { tags: ['deep'] }, () => {
  test.each(Array.from({ length: 8 }, (_, seed) => seed + 1))(
    'of a clean tree is git’s, seed %i',
    async (seed) => {
      const { from, to, ours, theirs } = twoClones(seed)
      const place = await placeOf(ours)
      const { changed } = await fastForward({ ...place, branch: 'main', from, to, message })
      git(theirs, ['merge', '--ff-only', '--quiet', to])
      const diff = gitBytes(ours, ['diff', '--name-only', '--no-renames', '-z', from, to])
      expect(changed).toBe(diff.toString('latin1').split('\0').length - 1)
      expect(stages(ours)).toBe(stages(theirs))
      expect(statusOf(ours)).toBe(statusOf(theirs))
      expect(snapshot(ours, { withGit: false })).toEqual(snapshot(theirs, { withGit: false }))
      for (const name of ['HEAD', 'ORIG_HEAD', 'main@{1}', 'HEAD@{1}']) {
        expect(git(ours, ['rev-parse', name])).toBe(git(theirs, ['rev-parse', name]))
      }
      expect(existsSync(join(ours, '.git/wizard-move'))).toBe(false)
      expect(existsSync(join(ours, '.git/index.lock'))).toBe(false)
      git(ours, ['fsck', '--strict'])
    },
  )

  test.each(Array.from({ length: 20 }, (_, seed) => seed + 101))(
    'over local work is git’s, or leaves everything as it was, seed %i',
    async (seed) => {
      const { from, to, ours, theirs } = twoClones(seed % 7)
      const paths = [from, to].flatMap((commit) =>
        gitBytes(ours, ['ls-tree', '-rz', '--name-only', commit]).toString('latin1').split('\0'),
      )
      for (const dir of [ours, theirs]) {
        const random = randomSource(seed)
        for (let count = 0; count < 1 + (seed % 4); count++) {
          touch(random, dir, paths.filter(Boolean).sort())
        }
      }
      const place = await placeOf(ours)
      const before = snapshot(ours)
      const outcome = await fastForward({ ...place, branch: 'main', from, to, message }).then(
        () => 'moved',
        (error: unknown) => error,
      )
      const allowed = allows(theirs, to)
      if (outcome === 'moved') {
        expect(allowed).toBe(true)
        expect(stages(ours)).toBe(stages(theirs))
        expect(statusOf(ours)).toBe(statusOf(theirs))
        expect(snapshot(ours, { withGit: false })).toEqual(snapshot(theirs, { withGit: false }))
      } else {
        expect(outcome).toBeInstanceOf(BlockedError)
        expect(outcome).toMatchObject({ reason: 'dirty' })
        expect(snapshot(ours)).toEqual(before)
        // Stricter than git: with deleted files, and with files in a submodule's folder.
        if (allowed) expect(locallyChanged(ours, before, from, to), String(outcome)).not.toEqual([])
      }
    },
  )
})

describe('a fast-forward moves', { tags: ['deep'] }, () => {
  test('a branch that is not born yet', async () => {
    const { dir, commits } = randomRepository({ seed: 1, commits: 1, changes: 5 })
    const to = commits[0] ?? ''
    const fresh = temporaryFolder()
    git(fresh, ['init', '--quiet', '--initial-branch=main'])
    git(fresh, ['fetch', '--quiet', dir, 'main'])
    const place = await placeOf(fresh)
    await fastForward({ ...place, branch: 'main', from: null, to, message })
    expect(git(fresh, ['rev-parse', 'HEAD', 'main'])).toBe(`${to}\n${to}`)
    expect(statusOf(fresh)).toBe('')
    expect(await isClean(place)).toBe(true)
  })

  test('a detached HEAD, and no branch with it', async () => {
    const { from, to, ours } = twoClones(1)
    git(ours, ['checkout', '--quiet', '--detach'])
    const place = await placeOf(ours)
    await fastForward({ ...place, branch: null, from, to, message })
    expect(git(ours, ['rev-parse', 'HEAD', 'main', 'HEAD@{1}'])).toBe(`${to}\n${from}\n${from}`)
    expect(statusOf(ours)).toBe('')
  })

  test('a work tree without exec bits and symlinks, as its configuration says', async () => {
    const { from, to, ours, theirs } = twoClones(4)
    for (const dir of [ours, theirs]) {
      git(dir, ['config', 'core.fileMode', 'false'])
      git(dir, ['config', 'core.symlinks', 'false'])
      git(dir, ['rm', '-rq', '--cached', '.'])
      git(dir, ['clean', '-fdq'])
      git(dir, ['reset', '--quiet', '--hard', from])
    }
    const place = await placeOf(ours)
    expect(await isClean(place)).toBe(true)
    await fastForward({ ...place, branch: 'main', from, to, message })
    git(theirs, ['merge', '--ff-only', '--quiet', to])
    expect(stages(ours)).toBe(stages(theirs))
    expect(statusOf(ours)).toBe('')
    const kinds = (dir: string) => [...snapshot(dir, { withGit: false })].map(withoutModes)
    expect(kinds(ours)).toEqual(kinds(theirs))
  })
})

const withoutModes = ([path, leaf]: [string, string]) => [path, leaf.replace(/111 /, '000 ')]

/**
 * The paths of upstream's change that differ from `from`. If git would lose nothing, it moves
 * anyway.
 */
function locallyChanged(
  dir: string,
  before: Map<string, string>,
  from: string,
  to: string,
): string[] {
  const names = (...args: string[]) =>
    gitBytes(dir, ['diff', '--name-only', '--no-renames', '-z', ...args])
      .toString('latin1')
      .split('\0')
      .filter(Boolean)
  const local = [...names('--cached', from), ...names()]
  const inSubmodules = gitBytes(dir, ['ls-tree', '-rz', from])
    .toString('latin1')
    .split('\0')
    .filter((line) => line.startsWith('160000'))
    .map((line) => line.slice(line.indexOf('\t') + 1))
    .filter((path) => [...before.keys()].some((other) => other.startsWith(`${path}/`)))
  return names(from, to).filter((path) => local.includes(path) || inSubmodules.includes(path))
}

/** Whether git itself moves. */
function allows(dir: string, to: string): boolean {
  try {
    git(dir, ['merge', '--ff-only', '--no-overwrite-ignore', '--quiet', to])
    return true
  } catch {
    return false
  }
}
