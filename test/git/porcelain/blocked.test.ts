import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConflictError, PathError } from '../../../src/base/errors.js'
import { BlockedError } from '../../../src/git/errors.js'
import { fastForward, moveTo } from '../../../src/git/worktree/move/move-tree.js'
import { isClean } from '../../../src/git/worktree/status.js'
import { inShell } from '../../support/shell.js'
import { git, temporaryFolder } from '../support/real-git.js'
import { cloneAt, placeOf } from '../support/repository.js'
import { snapshot } from '../support/snapshot.js'
import { addCommit, type RandomLeaf, type RandomTree } from '../support/trees.js'

const file = (content: string) => ({ mode: '100644', content }) as const
const gitlink = { mode: '160000', content: '1'.repeat(40) } as const

const before: RandomTree = new Map<string, RandomLeaf>([
  ['edited', file('1\n')],
  ['removed', file('1\n')],
  ['left', file('1\n')],
  ['folder/edited', file('1\n')],
  ['to-folder', file('1\n')],
  ['to-file/a', file('1\n')],
  ['to-file/b/c', file('1\n')],
  ['sub', gitlink],
  ['.gitignore', file('*.log\n')],
])
const after: RandomTree = new Map<string, RandomLeaf>([
  ['edited', file('2\n')],
  ['left', file('1\n')],
  ['folder/edited', file('2\n')],
  ['to-folder/x', file('2\n')],
  ['to-file', file('2\n')],
  ['new', file('2\n')],
  ['deep/er/new', file('2\n')],
  ['build.log', file('2\n')],
  ['sub', file('no more\n')],
  ['.gitignore', file('*.log\n')],
])

function repository() {
  const origin = temporaryFolder()
  git(origin, ['init', '--quiet', '--initial-branch=main'])
  git(origin, ['commit', '--allow-empty', '--quiet', '-m', 'empty'])
  const from = addCommit(origin, before, 1)
  const to = addCommit(origin, after, 2)
  return { dir: cloneAt(origin, from), from, to }
}

const write = (path: string, content: string) => (dir: string) => {
  mkdirSync(join(dir, path, '..'), { recursive: true })
  writeFileSync(join(dir, path), content)
}
const run =
  (...args: string[]) =>
  (dir: string) =>
    void git(dir, args)
const each =
  (...steps: ((dir: string) => void)[]) =>
  (dir: string) => {
    for (const step of steps) step(dir)
  }

const blocked: [string, (dir: string) => void, string][] = [
  ['an unstaged edit', write('edited', 'mine\n'), 'edited'],
  ['an unstaged edit equal to upstream’s', write('edited', '2\n'), 'edited'],
  ['an edit of the same size and time', (dir) => racyEdit(dir), 'edited'],
  ['a staged edit', each(write('edited', 'mine\n'), run('add', 'edited')), 'edited'],
  [
    'a staged edit, taken back on disk',
    each(write('edited', 'x\n'), run('add', 'edited'), write('edited', '1\n')),
    'edited',
  ],
  ['an edit of a file that upstream removes', write('removed', 'mine\n'), 'removed'],
  [
    'a folder replaced by a symlink to one with the same files',
    (dir) => {
      renameSync(join(dir, 'folder'), join(dir, 'elsewhere'))
      symlinkSync('elsewhere', join(dir, 'folder'))
    },
    'folder/edited',
  ],
  ['a file removed here and edited upstream', (dir) => rmSync(join(dir, 'edited')), 'edited'],
  ['a staged removal', run('rm', '-q', 'edited'), 'edited'],
  ['an exec bit', (dir) => chmodSync(join(dir, 'edited'), 0o755), 'edited'],
  [
    'a symlink in a file’s place',
    each(
      (dir) => rmSync(join(dir, 'edited')),
      (dir) => symlinkSync('left', join(dir, 'edited')),
    ),
    'edited',
  ],
  ['an untracked file in the way', write('new', 'mine\n'), 'new'],
  ['an untracked file equal to upstream’s', write('new', '2\n'), 'new'],
  ['an ignored file in the way', write('build.log', 'mine\n'), 'build.log'],
  ['an untracked symlink in the way', (dir) => symlinkSync('/nowhere', join(dir, 'new')), 'new'],
  ['a staged new file in the way', each(write('new', 'mine\n'), run('add', 'new')), 'new'],
  [
    'a file that is only intended to be added',
    each(write('new', 'mine\n'), run('add', '-N', 'new')),
    'new',
  ],
  ['a folder with a file in the way', write('new/mine', 'mine\n'), 'new/mine'],
  ['a file in a folder’s way', write('deep', 'mine\n'), 'deep'],
  ['a symlink in a folder’s way', (dir) => symlinkSync('/tmp', join(dir, 'deep')), 'deep'],
  [
    'an untracked file in a folder that becomes a file',
    write('to-file/mine', 'mine\n'),
    'to-file/mine',
  ],
  [
    'an ignored file in a folder that becomes a file',
    write('to-file/b/x.log', 'mine\n'),
    'to-file/b/x.log',
  ],
  ['an edit in a folder that becomes a file', write('to-file/b/c', 'mine\n'), 'to-file/b/c'],
  ['an edit of a file that becomes a folder', write('to-folder', 'mine\n'), 'to-folder'],
  ['a file in a submodule that goes', write('sub/mine', 'mine\n'), 'sub/mine'],
  [
    'an edit that assume-valid hides',
    each(run('update-index', '--assume-unchanged', 'edited'), write('edited', 'mine\n')),
    'edited',
  ],
  [
    'an edit that skip-worktree hides',
    each(run('update-index', '--skip-worktree', 'edited'), write('edited', 'mine\n')),
    'edited',
  ],
]

/** With the size and time in the index, so that only the content shows the change. */
function racyEdit(dir: string, name = 'edited'): void {
  const path = join(dir, name)
  git(dir, ['config', 'core.trustCtime', 'false'])
  inShell(['touch', '-d', '@1500000000.5', path])
  git(dir, ['update-index', '--refresh'])
  inShell(['touch', '-d', '@1500000000.5', join(dir, '.git/index')])
  writeFileSync(path, '9\n')
  inShell(['touch', '-d', '@1500000000.5', path])
}

const message = 'pull: Fast-forward'

async function expectRefused(
  act: () => Promise<unknown>,
  dir: string,
  error: abstract new (...args: never[]) => Error,
) {
  const was = snapshot(dir)
  const refusal = await act().then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(refusal).toBeInstanceOf(error)
  expect(snapshot(dir)).toEqual(was)
  return refusal
}

describe('a fast-forward leaves every byte as it was, for', () => {
  test.each(blocked)('%s', { tags: ['deep'] }, async (_, change, path) => {
    const { dir, from, to } = repository()
    change(dir)
    const place = await placeOf(dir)
    const act = () => fastForward({ ...place, branch: 'main', from, to, message })
    const error = await expectRefused(act, dir, BlockedError)
    expect(error).toMatchObject({ reason: 'dirty', paths: [path] })
    expect(String(error)).toContain(path)
  })

  const operations: [string, string][] = [
    ['a merge', 'MERGE_HEAD'],
    ['a cherry-pick', 'CHERRY_PICK_HEAD'],
    ['a revert', 'REVERT_HEAD'],
    ['a rebase', 'rebase-merge/head-name'],
    ['patches', 'rebase-apply/next'],
  ]
  test.each(operations)('%s in progress', async (_, mark) => {
    const { dir, from, to } = repository()
    write(join('.git', mark), `${from}\n`)(dir)
    const place = await placeOf(dir)
    const act = () => fastForward({ ...place, branch: 'main', from, to, message })
    expect(await expectRefused(act, dir, BlockedError)).toMatchObject({ reason: 'dirty' })
  })

  test('a conflict that is not resolved', { tags: ['deep'] }, async () => {
    const { dir, from, to } = repository()
    const oid = git(dir, ['hash-object', 'left'])
    git(dir, ['update-index', '--index-info'], {
      input: `0 ${'0'.repeat(40)}\tleft\n100644 ${oid} 1\tleft\n100644 ${oid} 2\tleft\n`,
    })
    const place = await placeOf(dir)
    const act = () => fastForward({ ...place, branch: 'main', from, to, message })
    const error = await expectRefused(act, dir, BlockedError)
    expect(error).toMatchObject({ reason: 'dirty', paths: ['left'] })
  })

  test('git at work there', { tags: ['deep'] }, async () => {
    const { dir, from, to } = repository()
    writeFileSync(join(dir, '.git/index.lock'), '')
    const place = await placeOf(dir)
    const act = () => fastForward({ ...place, branch: 'main', from, to, message })
    await expectRefused(act, dir, ConflictError)
  })

  test('a branch that was moved meanwhile', { tags: ['deep'] }, async () => {
    const { dir, from, to } = repository()
    const place = await placeOf(dir)
    git(dir, ['commit', '--allow-empty', '--quiet', '-m', 'mine'])
    const act = () => fastForward({ ...place, branch: 'main', from, to, message })
    await expectRefused(act, dir, ConflictError)
  })

  test('HEAD on another branch', { tags: ['deep'] }, async () => {
    const { dir, from, to } = repository()
    const place = await placeOf(dir)
    git(dir, ['checkout', '--quiet', '-b', 'other'])
    const act = () => fastForward({ ...place, branch: 'main', from, to, message })
    await expectRefused(act, dir, ConflictError)
  })

  test.each([
    ['a split index', ['update-index', '--split-index']],
    ['an index of version 4', ['update-index', '--index-version', '4']],
  ])('%s', async (_, args) => {
    const { dir, from, to } = repository()
    git(dir, args)
    const place = await placeOf(dir)
    const act = () => fastForward({ ...place, branch: 'main', from, to, message })
    expect(await expectRefused(act, dir, BlockedError)).toMatchObject({ reason: 'unsupported' })
  })

  test('an unsafe entry', { tags: ['deep'] }, async () => {
    const { dir, from } = repository()
    const blob = git(dir, ['hash-object', '-w', '--stdin'], { input: 'x' })
    const tree = git(dir, ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'], {
      input: Buffer.concat([Buffer.from('100644 git~1\0'), Buffer.from(blob, 'hex')]),
    })
    const to = git(dir, ['commit-tree', tree, '-p', from, '-m', 'evil'])
    const place = await placeOf(dir)
    const act = () => fastForward({ ...place, branch: 'main', from, to, message })
    expect(String(await expectRefused(act, dir, PathError))).toContain('git~1')
  })

  test('a blob that is missing', { tags: ['deep'] }, async () => {
    const { dir, from, to } = repository()
    const oid = git(dir, ['rev-parse', `${to}:new`])
    rmSync(join(dir, '.git/objects', oid.slice(0, 2), oid.slice(2)))
    const place = await placeOf(dir)
    const act = () => fastForward({ ...place, branch: 'main', from, to, message })
    await expectRefused(act, dir, Error)
  })
})

describe('what upstream did not touch stays as it was', { tags: ['deep'] }, () => {
  test('a file that changed in the tick in which the index was written, which only its content tells', async () => {
    const { dir, from, to } = repository()
    racyEdit(dir, 'left')
    const place = await placeOf(dir)
    await fastForward({ ...place, branch: 'main', from, to, message })
    expect(git(dir, ['status', '--porcelain'])).toBe('M left')
    expect(await isClean(place)).toBe(false)
  })

  test('assume-valid, skip-worktree, intent to add, staged and unstaged work', async () => {
    const { dir, from, to } = repository()
    git(dir, ['update-index', '--assume-unchanged', 'left'])
    git(dir, ['update-index', '--skip-worktree', '.gitignore', 'edited'])
    write('staged', 'mine\n')(dir)
    git(dir, ['add', 'staged'])
    write('staged', 'more\n')(dir)
    write('intended', 'mine\n')(dir)
    git(dir, ['add', '-N', 'intended'])
    const place = await placeOf(dir)
    await fastForward({ ...place, branch: 'main', from, to, message })
    const flags = git(dir, ['ls-files', '-v']).split('\n')
    expect(flags).toEqual(expect.arrayContaining(['h left', 'S .gitignore', 'S edited']))
    expect(git(dir, ['status', '--porcelain'])).toBe('A intended\nAM staged')
    expect(readFileSync(join(dir, 'edited'), 'utf8')).toBe('2\n')
  })

  test('untracked and ignored files in folders that upstream empties', async () => {
    const { dir, from, to } = repository()
    const place = await placeOf(dir)
    await fastForward({ ...place, branch: 'main', from, to, message })
    write('deep/mine', 'mine\n')(dir)
    write('deep/er/mine.log', 'mine\n')(dir)
    const rest = new Map([...after].filter(([path]) => !path.startsWith('deep/')))
    const next = addCommit(join(dir), rest, 3)
    git(dir, ['update-ref', 'refs/heads/main', to])
    const again = await placeOf(dir)
    await fastForward({ ...again, branch: 'main', from: to, to: next, message })
    expect(git(dir, ['status', '--porcelain', '--ignored', '-uall'])).toBe(
      '?? deep/mine\n!! deep/er/mine.log',
    )
  })
})

describe('a move to a commit that is no descendant', { tags: ['deep'] }, () => {
  const backup = 'refs/wizard/backup/20261122T100000Z'

  test('keeps the old tip, untracked files, and what git would', async () => {
    const { dir, from, to } = repository()
    write('mine', 'mine\n')(dir)
    const tree = git(dir, ['rev-parse', `${to}^{tree}`])
    const unrelated = git(dir, ['commit-tree', tree, '-m', 'unrelated'])
    const place = await placeOf(dir)
    const request = { ...place, branch: 'main', from, to: unrelated, backup, message: 'reset' }
    await moveTo(request)
    expect(git(dir, ['rev-parse', 'main', backup, 'ORIG_HEAD'])).toBe(
      `${unrelated}\n${from}\n${from}`,
    )
    expect(git(dir, ['status', '--porcelain'])).toBe('?? mine')
    expect(readFileSync(join(dir, 'to-file'), 'utf8')).toBe('2\n')
  })

  test('of a detached HEAD', async () => {
    const { dir, from, to } = repository()
    git(dir, ['checkout', '--quiet', '--detach'])
    const place = await placeOf(dir)
    await moveTo({ ...place, branch: null, from, to, backup, message: 'reset' })
    expect(git(dir, ['rev-parse', 'HEAD', 'main', backup])).toBe(`${to}\n${from}\n${from}`)
    expect(
      git(
        dir,
        ['symbolic-ref', '-q', 'HEAD', '--short'].slice(0, 0).concat(['status', '--porcelain']),
      ),
    ).toBe('')
  })

  test.each([
    ['an edit elsewhere', write('left', 'mine\n')],
    ['a staged edit elsewhere', each(write('left', 'mine\n'), run('add', 'left'))],
    ['an untracked file in the way', write('new', 'mine\n')],
  ])('is refused for %s', async (_, change) => {
    const { dir, from, to } = repository()
    change(dir)
    const place = await placeOf(dir)
    const act = () => moveTo({ ...place, branch: 'main', from, to, backup, message: 'reset' })
    expect(await expectRefused(act, dir, BlockedError)).toMatchObject({ reason: 'dirty' })
  })
})
