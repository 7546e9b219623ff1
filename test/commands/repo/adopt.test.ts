import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gitText } from 'local-github'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { plainText } from '../../../src/base/text.js'
import { openWorkspace, snapshot, type Workspace } from '../../support/workspace.js'

let work: Workspace
const file = 'config/repos.yaml'
const before = `# What we keep.
repos:
  tools:   # by hand
    - repo: named            # the editor
      destination: /src/named

    # twice as good
    - { owner: uDOS, repo: elsewhere }
`

beforeAll(async () => {
  work = await openWorkspace()
  for (const name of ['named', 'elsewhere', 'one', 'two', 'deep'])
    await work.github.addRepository(`uDOS/${name}`, { files: { 'a.txt': `${name}\n` } })
  await work.github.addRepository('other/three', { files: { 'a.txt': 'three\n' } })
  await work.github.addRepository('uDOS/empty', { empty: true })
})
beforeEach(async () => {
  await work.write(file, before)
  await rm(work.path('src'), { recursive: true, force: true })
  await mkdir(work.path('src'))
})
afterAll(() => work.close())

const url = (name: string) => `${work.github.gitUrl}/${name}.git`

/** Copies of one clone each: that is much quicker than git. */
async function clone(name: string, to: string): Promise<void> {
  const made = work.path('made', name)
  if (!existsSync(made)) await gitText(['clone', '-q', url(name), made])
  await cp(made, work.path(to), {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
  })
}

const add = (...args: string[]) => work.wizard('REPO', 'ADD', ...args)
const scan = async (...args: string[]) => {
  const { status, json, err } = await add('--scan', 'src', '--json', ...args)
  expect([status, err]).toEqual([0, ''])
  return (json as Adopted[]).map(({ path, repo, status: how, reason }) => [
    path.slice(work.root.length + 1),
    repo,
    how,
    reason,
  ])
}
interface Adopted {
  repo: string | null
  path: string
  status: string
  reason: string | null
  branch: string | null
}

describe('REPO ADD --scan', () => {
  it('adds the clones below a folder in one go, and keeps every other byte', async () => {
    await clone('uDOS/one', 'src/one')
    await clone('other/three', 'src/far/three')
    await clone('uDOS/named', 'src/named')
    await clone('uDOS/elsewhere', 'src/elsewhere')
    expect(await scan('--group', 'tools')).toEqual([
      ['src/elsewhere', 'uDOS/elsewhere', 'skipped', 'second-clone'],
      ['src/far/three', 'other/three', 'added', null],
      ['src/named', 'uDOS/named', 'skipped', 'already-named'],
      ['src/one', 'uDOS/one', 'added', null],
    ])
    expect(await work.read(file)).toBe(`${before}    - owner: other
      repo: three
      destination: /src/far/three
    - owner: uDOS
      repo: one
      destination: /src/one
`)
    expect(await scan()).toMatchObject([{}, {}, {}, {}].map(() => ({ 2: 'skipped' })))
  })

  it('names a branch that is not the default, and a commit of a detached HEAD', {
    tags: ['deep'],
  }, async () => {
    await clone('uDOS/one', 'src/one')
    await work.git('src/one', 'checkout', '-q', '-b', 'feature/x')
    await clone('uDOS/two', 'src/two')
    await work.git('src/two', 'checkout', '-q', '--detach')
    await clone('uDOS/empty', 'src/empty')
    await clone('uDOS/deep', 'src/unknown')
    await work.git('src/unknown', 'remote', 'set-head', 'origin', '--delete')
    const { json } = await add('--scan', 'src', '--json')
    expect(json).toMatchObject([
      { repo: 'uDOS/empty', branch: null },
      { repo: 'uDOS/one', branch: 'feature/x' },
      { repo: 'uDOS/two', branch: await work.git('src/two', 'rev-parse', 'HEAD') },
      { repo: 'uDOS/deep', branch: 'main' },
    ])
    const listed = (await work.wizard('REPO', 'LIST', '--local', '--json')).json as Adopted[]
    expect(listed.find(({ repo }) => repo === 'uDOS/one')?.branch).toBe('feature/x')
  })

  it('skips what is not a clone of the server, each with its reason', {
    tags: ['deep'],
  }, async () => {
    await clone('uDOS/one', 'src/a')
    await clone('uDOS/one', 'src/b')
    await clone('uDOS/one', 'src/c')
    await gitText(['clone', '-q', '--bare', url('uDOS/one'), work.path('src/bare')])
    await work.git('src/a', 'worktree', 'add', '-q', work.path('src/linked'))
    await clone('uDOS/one', 'src/damaged')
    await work.write('src/damaged/.git/HEAD', 'junk\n')
    await gitText(['init', '-q', work.path('src/local')])
    await clone('uDOS/two', 'src/gitlab')
    await work.git('src/gitlab', 'remote', 'set-url', 'origin', 'https://gitlab.com/uDOS/two.git')
    await clone('uDOS/two', 'src/partial')
    await work.git('src/partial', 'config', 'core.sparseCheckout', 'true')
    await clone('uDOS/deep', 'src/{repo}')
    await clone('uDOS/deep', 'src/ssh')
    const { hostname } = new URL(work.github.gitUrl)
    await work.git('src/ssh', 'remote', 'set-url', 'origin', `git@${hostname}:uDOS/deep.git`)
    await work.git('src/b', 'checkout', '-q', '--detach')
    await work.git('src/b', 'bisect', 'start')
    expect(await scan()).toEqual([
      ['src/a', 'uDOS/one', 'added', null],
      ['src/b', 'uDOS/one', 'skipped', 'in-progress'],
      ['src/bare', null, 'skipped', 'bare'],
      ['src/c', 'uDOS/one', 'skipped', 'second-clone'],
      ['src/damaged', null, 'skipped', 'unreadable'],
      ['src/gitlab', null, 'skipped', 'other-host'],
      ['src/linked', null, 'skipped', 'linked'],
      ['src/local', null, 'skipped', 'no-remote'],
      ['src/partial', 'uDOS/two', 'skipped', 'unsupported'],
      ['src/ssh', 'uDOS/deep', 'added', null],
      ['src/{repo}', 'uDOS/deep', 'skipped', 'unsuitable-name'],
    ])
  })

  it('looks as deep as it is told, not into clones, hidden folders, node_modules or links', {
    tags: ['deep'],
  }, async () => {
    await clone('uDOS/deep', 'src/1/2/deep')
    await clone('uDOS/two', 'src/1/two')
    await clone('uDOS/one', 'src/1/two/inner')
    await clone('uDOS/empty', 'src/.cache/empty')
    await clone('other/three', 'src/node_modules/three')
    await mkdir(work.path('src/.wizard/trash'), { recursive: true })
    await clone('other/three', 'src/.wizard/trash/three')
    await symlink(work.path('src/1/two/inner'), work.path('src/link'))
    const paths = async (...args: string[]) => (await scan(...args)).map(([path]) => path)
    expect(await paths('--depth', '1')).toEqual([])
    expect(await paths('--depth', '2')).toEqual(['src/1/two'])
    expect(await paths()).toEqual(['src/1/2/deep', 'src/1/two'])
    const { out } = await work.run(['REPO', 'ADD', '--scan', 'src', '--depth', '1'], {
      columns: 80,
    })
    expect(out).toBe('no clones found below src\n')
  })

  it('lists the clones outside ROOT, and those that repos.yaml has a folder around', async () => {
    await work.write(file, 'repos:\n  g:\n    - { repo: x, destination: /src/taken }\n')
    await clone('uDOS/one', 'src/taken/one')
    await clone('uDOS/two', 'src/two')
    await mkdir(work.path('src/root'))
    expect(await scan()).toEqual([
      ['src/taken/one', 'uDOS/one', 'skipped', 'overlaps'],
      ['src/two', 'uDOS/two', 'added', null],
    ])
    const { status, json } = await add('--scan', 'src', '--json', '--root', 'src/root')
    expect(status).toBe(0)
    expect(json).toMatchObject([
      { path: work.path('src/taken/one'), status: 'skipped', reason: 'outside-root' },
      { path: work.path('src/two'), status: 'skipped', reason: 'outside-root' },
    ])
  })

  it('knows what a from: entry brings, and leaves a clone of it where it is', async () => {
    await work.write(file, 'repos:\n  g:\n    - { from: uDOS, destination: "/src/{repo}" }\n')
    await clone('uDOS/one', 'src/one')
    await clone('uDOS/one', 'src/far/one')
    await clone('uDOS/two', 'src/far/two')
    expect(await scan()).toEqual([
      ['src/far/one', 'uDOS/one', 'skipped', 'second-clone'],
      ['src/far/two', 'uDOS/two', 'added', null],
      ['src/one', 'uDOS/one', 'skipped', 'already-named'],
    ])
  })

  it('shows names from elsewhere as plain text', async () => {
    await clone('uDOS/one', 'src/\u001b[31mred')
    const { status, out } = await add('--scan', 'src')
    expect(status).toBe(0)
    expect(out).toBe(
      `uDOS/one\tskipped\t\t${work.path('src/red')}\trepos.yaml can't contain the name of its folder, branch or repository\n`,
    )
    expect(await work.read(file)).toBe(before)
  })

  it('writes names that YAML or a variable would read otherwise', async () => {
    await clone('uDOS/one', "src/it's: # odd ${HOME")
    await clone('uDOS/two', 'src/yes')
    await work.git('src/yes', 'checkout', '-q', '-b', `a\${HOME}`)
    expect((await scan()).map(([, , status]) => status)).toEqual(['added', 'added'])
    const { json } = await work.wizard('REPO', 'LIST', '--local', '--json')
    expect(json).toMatchObject([
      {},
      {},
      { path: work.path("src/it's: # odd ${HOME"), branch: null },
      { path: work.path('src/yes'), branch: `a\${HOME}` },
    ])
  })
})

describe('an adopted clone', () => {
  it('is kept in sync like one that wizard made, with its local work, and never pruned', {
    tags: ['deep'],
  }, async () => {
    await clone('uDOS/one', 'src/one')
    await clone('uDOS/two', 'src/two')
    await work.write('src/one/own.txt', 'mine\n')
    const untouched = await snapshot(work.path('src'))
    await scan()
    expect(await snapshot(work.path('src'))).toEqual(untouched)

    const status = await work.wizard('REPO', 'STATUS', 'one', 'two', '--json')
    expect(status.json).toMatchObject([
      { repo: 'uDOS/one', state: 'up-to-date', is_dirty: true },
      { repo: 'uDOS/two', state: 'up-to-date', is_dirty: false },
    ])
    const commit = await work.github.commit('uDOS/two', { files: { 'b.txt': 'new\n' } })
    const { json } = await work.wizard('REPO', 'SYNC', 'one', 'two', '--json')
    expect((json as { repositories: unknown }).repositories).toMatchObject([
      { repo: 'uDOS/one', status: 'unchanged', path: work.path('src/one') },
      { repo: 'uDOS/two', status: 'updated', path: work.path('src/two') },
    ])
    expect(await work.read('src/one/own.txt')).toBe('mine\n')
    expect(await work.git('src/two', 'rev-parse', 'HEAD')).toBe(commit)

    await work.wizard('REPO', 'REMOVE', 'uDOS/two')
    const pruned = await work.wizard('REPO', 'PRUNE', '--yes', '--json')
    expect([pruned.status, pruned.json]).toEqual([0, []])
    expect(await work.read('src/two/b.txt')).toBe('new\n')
  })
})

describe('REPO ADD PATH', () => {
  it('adopts the clone in or around a folder', async () => {
    await clone('uDOS/one', 'src/one')
    await mkdir(work.path('src/one/deep'))
    const run = (word: string, cwd: string) =>
      work.run(['REPO', 'ADD', word, '--json'], { cwd: work.path(cwd) })
    const added = [{ repo: 'uDOS/one', path: work.path('src/one'), status: 'added' }]
    for (const [word, cwd] of [
      ['.', 'src/one/deep'],
      ['./src/one', '.'],
      ['src/one', '.'],
      ['one', 'src'],
      [work.path('src/one'), 'config'],
    ] as const) {
      await work.write(file, before)
      const { status, json } = await run(word, cwd)
      expect([status, json]).toMatchObject([0, added])
    }
    const { status, json } = await run('.', 'src/one')
    expect([status, json]).toMatchObject([0, [{ status: 'skipped', reason: 'already-named' }]])
  })

  it('shows what it added', async () => {
    await clone('uDOS/one', 'src/one')
    const { status, out } = await work.run(['REPO', 'ADD', 'src/one'], { columns: 80 })
    expect(status).toBe(0)
    expect(plainText(out)).toBe(
      `REPOSITORY  STATUS  FOLDER\nuDOS/one    added   src/one\n1 added to ${work.path(file)}\n`,
    )
  })

  it('is refused outside ROOT, and where there is no clone', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'wizard-outside-'))
    await gitText(['clone', '-q', url('uDOS/one'), join(outside, 'one')])
    await clone('uDOS/elsewhere', 'src/elsewhere')
    await symlink(join(outside, 'one'), work.path('src/link'))
    for (const [word, status, message] of [
      [join(outside, 'one'), 2, /one was not added: outside ROOT\nhint: ROOT is /],
      ['./src/link', 2, /outside ROOT/],
      ['./src', 2, /\.\/src was not added: not a git repository/],
      ['.', 2, /\. was not added: it is ROOT itself/],
      ['./none', 2, /none does not exist/],
      ['./config/repos.yaml', 2, /repos\.yaml is not a folder/],
      ['./src/elsewhere', 8, /repos\.yaml has another clone of this repository/],
    ] as const) {
      const run = await add(word)
      expect([run.status, run.out]).toEqual([status, ''])
      expect(run.err).toMatch(message)
      expect(await work.read(file)).toBe(before)
    }
  })

  it.each([
    [['--scan', 'src', 'uDOS/one'], 'REPO ADD --scan takes no REPO'],
    [['uDOS/one', '--depth', '2'], '--depth is only for --scan'],
    [['./src', 'src/two'], 'REPO ADD PATH takes no DEST'],
    [['--scan', 'src', '--branch', 'x'], 'it takes no --branch'],
    [['--scan', 'none'], 'none does not exist'],
  ])('refuses %j', async (words, message) => {
    const { status, err } = await add(...words)
    expect([status, err]).toEqual([2, expect.stringContaining(message)])
  })
})
