import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { localWork } from '../../../src/git/porcelain/local-work.js'
import { git, temporaryFolder } from '../support/real-git.js'
import { placeOf } from '../support/repository.js'

/** git's own clone of a repository with two branches and a tag. */
function clone(): string {
  const folder = temporaryFolder()
  const origin = join(folder, 'origin')
  git(folder, ['init', '--quiet', '--initial-branch=main', origin])
  for (const name of ['a', 'b']) {
    writeFileSync(join(origin, name), name)
    git(origin, ['add', name])
    git(origin, ['commit', '--quiet', '-m', name])
  }
  writeFileSync(join(origin, '.gitignore'), '*.log\n')
  git(origin, ['add', '.gitignore'])
  git(origin, ['commit', '--quiet', '-m', 'ignore'])
  git(origin, ['tag', '-a', '-m', 'v1', 'v1', 'main~1'])
  git(origin, ['branch', 'old', 'main~2'])
  git(folder, ['clone', '--quiet', origin, 'clone'])
  return join(folder, 'clone')
}

const workIn = async (dir: string) => localWork(await placeOf(dir))

const put = (name: string) => (dir: string) => {
  mkdirSync(join(dir, name, '..'), { recursive: true })
  writeFileSync(join(dir, name), 'mine')
}
const run =
  (...args: string[]) =>
  (dir: string) =>
    void git(dir, args)
const commit = run('commit', '--allow-empty', '--quiet', '-m', 'mine')

const kinds: [string, ((dir: string) => void)[], RegExp][] = [
  ['a changed file', [put('a')], /^1 changed file: a$/],
  ['a staged change', [put('a'), run('add', 'a')], /^1 staged change: a$/],
  ['an untracked file', [put('mine')], /^1 untracked file or folder: mine$/],
  ['an ignored file', [put('x.log')], /^1 ignored file or folder: x.log$/],
  ['an ignored file in a folder', [put('deep/er/x.log')], /ignored file or folder: deep\/$/],
  ['a stash', [put('a'), run('stash', '--quiet')], /^a stash$/],
  [
    'a commit that the reflog alone knows',
    [commit, run('reset', '--quiet', '--hard', 'HEAD~1')],
    /^1 commit that only the reflog of HEAD still knows: [0-9a-f]{7}$/,
  ],
  ['a hook', [put('.git/hooks/pre-push')], /^1 hook: pre-push$/],
  ['a commit on the branch', [commit], /commits of refs\/heads\/main that are on no remote branch/],
  [
    'a commit on another branch',
    [run('checkout', '--quiet', '-b', 'other'), commit, run('checkout', '--quiet', 'main')],
    /commits of refs\/heads\/other/,
  ],
  [
    'a commit on a detached HEAD',
    [run('checkout', '--quiet', '--detach'), commit],
    /commits of a detached HEAD/,
  ],
  [
    'a tag on a commit that is on no branch',
    [commit, run('tag', 'mine'), run('reset', '--quiet', '--hard', 'HEAD~1')],
    /commits of refs\/tags\/mine/,
  ],
  [
    'a commit under any other ref',
    [
      commit,
      run('update-ref', 'refs/wizard/backup/x', 'HEAD'),
      run('reset', '--quiet', '--hard', 'HEAD~1'),
    ],
    /commits of refs\/wizard\/backup\/x/,
  ],
  ['a merge in progress', [(dir) => put('.git/MERGE_HEAD')(dir)], /^a merge in progress$/],
  ['a bisection', [run('bisect', 'start')], /^a bisection in progress$/],
  [
    'a nested repository',
    [run('init', '--quiet', 'nested')],
    /^1 untracked file or folder: nested\/$/,
  ],
  [
    'a nested repository that is ignored',
    [run('init', '--quiet', 'nested.log')],
    /^1 ignored file or folder: nested.log\/$/,
  ],
  [
    'a linked work tree',
    [run('worktree', 'add', '--quiet', '../linked', 'origin/old')],
    /^1 linked work tree: linked$/,
  ],
  [
    'a change that assume-valid hides',
    [run('update-index', '--assume-unchanged', 'a'), put('a')],
    /^1 changed file: a$/,
  ],
  [
    'a change that skip-worktree hides',
    [run('update-index', '--skip-worktree', 'a'), put('a')],
    /^1 changed file: a$/,
  ],
  ['an interrupted pull', [put('.git/wizard-move/journal.json')], /^a pull that was interrupted$/],
]

describe('local work', () => {
  test('there is none in a fresh clone, shallow or not', async () => {
    const dir = clone()
    expect(await workIn(dir)).toEqual([])
    git(dir, ['fetch', '--quiet', '--depth=1', `file://${join(dir, '../origin')}`, 'main'])
    expect(await workIn(dir)).toEqual([])
  })

  test('nor where branches and tags are older than the remote’s', { tags: ['deep'] }, async () => {
    const dir = clone()
    git(dir, ['branch', 'behind', 'main~1'])
    git(dir, ['tag', 'ancient', 'main~2'])
    git(dir, ['checkout', '--quiet', '--detach', 'main~1'])
    expect(await workIn(dir)).toEqual([])
  })

  test.each(kinds)('%s is told', { tags: ['deep'] }, async (_, steps, expected) => {
    const dir = clone()
    for (const step of steps) step(dir)
    const work = await workIn(dir)
    expect(work).toHaveLength(1)
    expect(work[0]).toMatch(expected)
  })

  const inSubmodule: [string, ((dir: string) => void)[], RegExp | null][] = [
    ['nothing', [], null],
    ['an ignored file', [put('sub/x.log')], /^submodule sub: 1 ignored file or folder: x.log$/],
    ['a stash', [put('sub/a'), run('-C', 'sub', 'stash', '--quiet')], /^submodule sub: a stash$/],
    [
      'a commit, though the work tree is gone',
      [
        run('-C', 'sub', 'commit', '--allow-empty', '--quiet', '-m', 'mine'),
        run('submodule', '--quiet', 'deinit', '--force', 'sub'),
      ],
      /modules\/sub: commits of refs\/heads\/main/,
    ],
    [
      'files without a repository',
      [run('submodule', '--quiet', 'deinit', '--force', 'sub'), put('sub/mine')],
      /^submodule sub: files in its folder$/,
    ],
  ]

  test.each(inSubmodule)('in a submodule: %s', { tags: ['deep'] }, async (_, steps, expected) => {
    const dir = clone()
    const origin = join(dir, '../origin')
    git(dir, ['-c', 'protocol.file.allow=always', 'submodule', 'add', '--quiet', origin, 'sub'])
    git(dir, ['commit', '--quiet', '-m', 'sub'])
    git(dir, ['push', '--quiet', 'origin', 'HEAD:refs/heads/pushed'])
    git(dir, ['reset', '--quiet', '--hard'])
    for (const step of steps) step(dir)
    const work = await workIn(dir)
    if (expected === null) expect(work).toEqual([])
    else expect(work).toEqual([expect.stringMatching(expected)])
  })

  test('everything is, where no remote is known', { tags: ['deep'] }, async () => {
    const dir = clone()
    git(dir, ['remote', 'remove', 'origin'])
    expect(await workIn(dir)).toEqual([
      'commits of refs/heads/main that are on no remote branch',
      'commits of refs/tags/v1 that are on no remote branch',
    ])
  })

  test('a remote branch whose commit is not here proves nothing', { tags: ['deep'] }, async () => {
    const dir = clone()
    git(dir, ['commit', '--allow-empty', '--quiet', '-m', 'mine'])
    git(dir, ['pack-refs', '--all'])
    writeFileSync(join(dir, '.git/refs/remotes/origin/main'), `${'1'.repeat(40)}\n`)
    expect(await workIn(dir)).toContain('commits of refs/heads/main that are on no remote branch')
  })
})
