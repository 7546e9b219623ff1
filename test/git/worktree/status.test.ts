import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openObjectStore } from '../../../src/git/plumbing/objects/store.js'
import { changes, countChanges, isClean, status } from '../../../src/git/worktree/status.js'
import { inShell } from '../../support/shell.js'
import { touch } from '../support/edits.js'
import { git, gitBytes, temporaryFolder } from '../support/real-git.js'
import { addRandomHistory, randomSource } from '../support/trees.js'

async function request(dir: string) {
  const gitDir = join(dir, '.git')
  const store = await openObjectStore(gitDir)
  onTestFinished(() => store.close())
  return { dir, gitDir, store }
}

const lists = (found: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(found).map(([kind, paths]) => [kind, paths.sort()]))

/** git's own status by kind; paths are in latin1. */
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
  const counts = await countChanges(await request(dir))
  for (const kind of ['staged', 'unstaged', 'untracked'] as const) {
    expect(shown[kind]).toHaveLength(new Set(theirs[kind]).size)
    expect(counts[kind]).toBe(theirs[kind]?.length)
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

describe('a work tree’s status is git’s', { tags: ['deep'] }, () => {
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

const write = (dir: string, name: string, content: string) => {
  mkdirSync(join(dir, name, '..'), { recursive: true })
  writeFileSync(join(dir, name), content)
}

let base = ''

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'wizard-test-'))
  makeSubmodules(join(base, 'origin'), join(base, 'clone'))
  return () => rmSync(base, { recursive: true })
})

/** A repository with two submodules, one of which is checked out. */
function withSubmodules(): string {
  const dir = temporaryFolder()
  inShell(['cp', '-a', `${base}/clone/.`, dir])
  return dir
}

function makeSubmodules(origin: string, dir: string): void {
  for (const folder of [origin, dir]) {
    mkdirSync(folder)
    git(folder, ['init', '--quiet', '--initial-branch=main'])
    write(folder, 'a', 'a')
    git(folder, ['add', 'a'])
    git(folder, ['commit', '--quiet', '-m', 'a'])
  }
  for (const name of ['used', 'deep/unused']) {
    const allow = ['-c', 'protocol.file.allow=always']
    git(dir, [...allow, 'submodule', '--quiet', 'add', origin, name])
  }
  git(dir, ['commit', '--quiet', '-m', 'submodules'])
  git(dir, ['submodule', '--quiet', 'deinit', '--force', 'deep/unused'])
}

const states: [string, (dir: string) => void][] = [
  ['submodules as they are', () => undefined],
  [
    'a submodule on another commit',
    (dir) => git(join(dir, 'used'), ['commit', '--quiet', '--allow-empty', '-m', 'x']),
  ],
  ['a submodule with a changed file', (dir) => write(dir, 'used/a', 'mine')],
  ['a submodule with a new file', (dir) => write(dir, 'used/new', 'mine')],
  [
    'a submodule with something staged',
    (dir) => {
      write(dir, 'used/a', 'mine')
      git(join(dir, 'used'), ['add', 'a'])
      write(dir, 'used/a', 'a')
    },
  ],
  ['files in a submodule that is not used', (dir) => write(dir, 'deep/unused/new', 'mine')],
  [
    'a submodule whose folder is gone',
    (dir) => rmSync(join(dir, 'deep/unused'), { recursive: true }),
  ],
  [
    'a file in a submodule’s place',
    (dir) => {
      rmSync(join(dir, 'deep/unused'), { recursive: true })
      write(dir, 'deep/unused', 'mine')
    },
  ],
  [
    'a repository that is no submodule',
    (dir) => {
      git(dir, ['init', '--quiet', 'other'])
      write(dir, 'other/new', 'x')
    },
  ],
  [
    'a linked work tree whose files are ignored',
    (dir) => {
      git(dir, ['worktree', 'add', '--quiet', 'linked'])
      write(dir, '.git/info/exclude', 'linked/*\n')
    },
  ],
  ['a folder with a .git that is no repository', (dir) => write(dir, 'other/.git/x', 'x')],
  ['a folder of empty folders', (dir) => mkdirSync(join(dir, 'x/y/z'), { recursive: true })],
  ['a pipe', (dir) => inShell(['mkfifo', join(dir, 'pipe')])],
  [
    'a .gitignore that is a symlink',
    (dir) => {
      write(dir, 'rules', '*.o\n')
      write(dir, 'x.o', '')
      symlinkSync('rules', join(dir, '.gitignore'))
    },
  ],
  [
    'assume-valid and skip-worktree',
    (dir) => {
      git(dir, ['update-index', '--assume-unchanged', 'a'])
      git(dir, ['update-index', '--skip-worktree', '.gitmodules'])
      write(dir, 'a', 'mine')
      rmSync(join(dir, '.gitmodules'))
    },
  ],
  [
    'a mode that does not count',
    (dir) => {
      git(dir, ['config', 'core.fileMode', 'false'])
      chmodSync(join(dir, 'a'), 0o755)
    },
  ],
  ['a mode that counts', (dir) => chmodSync(join(dir, 'a'), 0o755)],
  [
    'a conflict',
    (dir) => {
      const oid = git(dir, ['hash-object', 'a'])
      const stages = [1, 2, 3].map((stage) => `100644 ${oid} ${stage}\ta\n`)
      git(dir, ['update-index', '--index-info'], {
        input: `0 ${'0'.repeat(40)}\ta\n${stages.join('')}`,
      })
    },
  ],
  ['no index', (dir) => rmSync(join(dir, '.git/index'))],
  ['no commit', (dir) => git(dir, ['update-ref', '-d', 'refs/heads/main'])],
]

const changesInside: [string, (dir: string) => void][] = [
  [
    'another commit',
    (dir) => git(join(dir, 'used'), ['commit', '--quiet', '--allow-empty', '-m', 'x']),
  ],
  ['a changed file', (dir) => write(dir, 'used/a', 'mine')],
  ['a new file', (dir) => write(dir, 'used/new', 'mine')],
  ['no folder', (dir) => rmSync(join(dir, 'used'), { recursive: true })],
]

for (const mode of ['all', 'dirty', 'untracked', 'none']) {
  for (const [what, change] of changesInside) {
    states.push([
      `ignore = ${mode} of a submodule with ${what}`,
      (dir) => {
        // The configuration goes first.
        git(dir, ['config', '--file', '.gitmodules', 'submodule.used.ignore', 'all'])
        git(dir, ['config', 'submodule.used.ignore', mode])
        git(dir, ['commit', '--quiet', '-a', '-m', 'ignore'])
        change(dir)
      },
    ])
  }
}

describe('a work tree’s status is git’s, with', () => {
  test.each(states)('%s', async (_, change) => {
    const dir = withSubmodules()
    change(dir)
    await expectSameAsGit(dir)
  })

  test('the user’s own ignore rules, where git looks for them', async () => {
    const dir = withSubmodules()
    const home = temporaryFolder()
    for (const name of ['x.one', 'x.two']) write(dir, name, '')
    write(home, '.config/git/ignore', '*.one\n')
    const untracked = async (env: Record<string, string>) =>
      (await status({ ...(await request(dir)), env })).untracked
    expect(await untracked({})).toEqual(['x.one', 'x.two'])
    expect(await untracked({ HOME: home })).toEqual(['x.two'])
    write(home, 'mine', '*.two\n')
    write(home, '.gitconfig', '[core]\n\texcludesFile = ~/mine\n')
    expect(await untracked({ HOME: home })).toEqual(['x.one'])
    expect(await untracked({ HOME: home, GIT_CONFIG_GLOBAL: '/dev/null' })).toEqual(['x.two'])
    expect(await untracked({ HOME: '/none', XDG_CONFIG_HOME: join(home, '.config') })).toEqual([
      'x.two',
    ])
  })

  test('an abort on the way', async () => {
    const dir = withSubmodules()
    for (let at = 0; at < 400; at++) write(dir, `many/${at}`, 'x'.repeat(20_000))
    git(dir, ['add', 'many'])
    const place = await request(dir)
    git(dir, ['commit', '--quiet', '-m', 'many'])
    inShell(['find', join(dir, 'many'), '-type', 'f', '-exec', 'touch', '{}', '+'])
    await expect(
      isClean({ ...place, signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('enough')
  })
})
