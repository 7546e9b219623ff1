import { mkdir, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let work: Workspace
const file = 'config/repos.yaml'
const before = `# What we keep in step.
repos:
  tools:   # by hand
    - repo: typo            # the editor
      destination: "/library/typo"

    # twice as good
    - { owner: uDOS, repo: micro }
  more:
  - owner: else
    repo: typo\t# with a tab
`

beforeAll(async () => {
  work = await openWorkspace()
  for (const name of ['typo', 'micro', 'new', 'nu', 'x'])
    await work.github.addRepository(`uDOS/${name}`)
})
beforeEach(() => work.write(file, before))
afterAll(() => work.close())

const add = (...args: string[]) => work.wizard('REPO', 'ADD', ...args)
const remove = (...args: string[]) => work.wizard('REPO', 'REMOVE', ...args)
const listed = async () => (await work.wizard('REPO', 'LIST', '--local', '--json')).json

describe('REPO ADD', () => {
  it('adds an entry to its group, and leaves every other byte', async () => {
    const { status, json } = await add('uDOS/new', '--group', 'tools', '--json')
    expect(status).toBe(0)
    expect(json).toMatchObject({
      repo: 'uDOS/new',
      group: 'tools',
      path: work.path('library/tools/new'),
      file: work.path(file),
    })
    const after = await work.read(file)
    const lines = after.split('\n')
    const own = lines.filter((line) => !before.split('\n').includes(line))
    expect(own.join('\n')).toMatch(/^ {4}- owner: uDOS\n {6}repo: new$/)
    expect(lines.filter((line) => !own.includes(line)).join('\n')).toBe(before)
  })

  it('makes a group that is not there', async () => {
    await add('uDOS/new', '--group', 'fresh')
    expect(await work.read(file)).toContain(before.trimEnd())
    expect((await listed()).at(-1)).toMatchObject({ repo: 'uDOS/new', group: 'fresh' })
  })

  it('makes the file with its first entry', async () => {
    const root = work.path('elsewhere')
    await mkdir(`${root}/config`, { recursive: true })
    await work.write('elsewhere/config/github.yaml', await work.read('config/github.yaml'))
    const { status } = await work.run(['REPO', 'ADD', 'typo'], { cwd: root })
    expect(status).toBe(0)
    const { json } = await work.run(['REPO', 'LIST', '--local', '--json'], { cwd: root })
    expect(json).toMatchObject([{ repo: 'uDOS/typo', path: `${root}/library/default/typo` }])
  })

  it('takes DEST from the current folder, an address, and a branch', async () => {
    await mkdir(work.path('library/deep'), { recursive: true })
    const args = ['REPO', 'ADD', `${work.github.gitUrl}/uDOS/nu.git`, '../nu', '--branch', 'dev']
    const { status } = await work.run(args, { cwd: work.path('library/deep') })
    expect(status).toBe(0)
    expect((await listed()).at(-1)).toMatchObject({
      repo: 'uDOS/nu',
      path: work.path('library/nu'),
      branch: 'dev',
    })
  })

  it('asks GitHub for nothing with --no-check', async () => {
    const asked = work.github.requests.length
    expect((await add('uDOS/none', '--no-check')).status).toBe(0)
    expect(work.github.requests.length).toBe(asked)
    expect((await listed()).at(-1)).toMatchObject({ repo: 'uDOS/none' })
  })

  it.each([
    ['twice', ['uDOS/typo'], 8, /^error: uDOS\/typo is already in .*repos\.yaml, in line 4/],
    ['out of the root', ['uDOS/x', '../x'], 2, /^error: \.\.\/x is not inside /],
    ['through a link out of the root', ['uDOS/x', 'out/x'], 2, /symbolic link that points out of/],
    ['onto another', ['uDOS/x', 'library/typo'], 2, /library\/typo/],
    ['into another', ['uDOS/x', 'library/typo/x'], 2, /library\/typo/],
    ['a name that is none', ['a b'], 2, /not a repository/],
    [
      'a repository that GitHub does not have',
      ['uDOS/none'],
      3,
      /none was not found\nhint: .*--no-check/,
    ],
  ])('%s is refused, and the file stays', async (_name, args, status, message) => {
    await symlink(tmpdir(), work.path('out')).catch(() => {})
    const run = await add(...args)
    expect([run.status, run.out]).toEqual([status, ''])
    expect(run.err).toMatch(message)
    expect(await work.read(file)).toBe(before)
  })
})

describe('REPO REMOVE', () => {
  it('takes the entry out, with the comment above it alone, and leaves the files', async () => {
    await work.wizard('REPO', 'SYNC', 'micro')
    const { status, json } = await remove('uDOS/micro', '--json')
    expect(status).toBe(0)
    expect(json).toMatchObject({ repo: 'uDOS/micro', group: 'tools', file: work.path(file) })
    const after = await work.read(file)
    expect(after).not.toContain('micro')
    for (const line of before.split('\n').filter((line) => !/micro|twice/.test(line))) {
      expect(after).toContain(line)
    }
    expect(await work.git('library/tools/micro', 'status', '--porcelain')).toBe('')
  })

  it('undoes an ADD byte for byte', async () => {
    await add('uDOS/new', '--group', 'tools')
    await remove('uDOS/new')
    expect(await work.read(file)).toBe(before)
  })

  it.each([
    [
      'what is not there',
      'none',
      3,
      /has no entry for none\nhint: known repositories: uDOS\/typo, uDOS\/micro/,
    ],
    ['what is there twice', 'typo', 2, /has 2 entries/],
  ])('%s is refused, and the file stays', async (_name, target, status, message) => {
    const run = await remove(target)
    expect([run.status, run.out]).toEqual([status, ''])
    expect(run.err).toMatch(message)
    expect(await work.read(file)).toBe(before)
  })

  it('says which exclude: takes out one that a from: entry brings', async () => {
    const from = 'repos:\n  all:\n    - from: uDOS\n      exclude: ["n*"]\n'
    await work.write(file, from)
    for (const target of ['micro', 'uDOS/micro', work.path('library/all/micro')]) {
      const { status, err } = await remove(target)
      expect([status, err]).toEqual([
        2,
        `error: uDOS/micro has no entry of its own: it comes from "from: uDOS"\nhint: add this to the entry at ${work.path(file)}:3: exclude: ["n*", "micro"]\n`,
      ])
    }
    for (const target of ['nu', 'all', 'else/micro']) {
      const { status, err } = await remove(target)
      expect([status, err]).toEqual([3, expect.stringContaining(`has no entry for ${target}`)])
    }
    expect(await work.read(file)).toBe(from)
  })
})
