import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PathError } from '../../../src/base/errors.js'
import { expandDestination, findOverlaps } from '../../../src/config/files/destinations.js'
import type { RepoEntry, SourceEntry } from '../../../src/config/files/repos.js'
import { loadConfig } from '../../../src/config/load.js'
import { failure, load, makeProject, temporaryFolder } from '../support.js'

const reposOf = async (repos: string, github = 'github: { owner: me }\n') => {
  const files = { 'config/repos.yaml': repos, 'config/github.yaml': github }
  const config = await load({ files })
  return { ...config, entries: await config.repos() }
}

describe('entries', () => {
  test('with their defaults', async () => {
    const { entries, top } = await reposOf('repos:\n  tools:\n    - repo: x\n    - from: they\n')
    const options = {
      group: 'tools',
      autoPull: true,
      lfs: true,
      submodules: false,
      onDiverged: 'block',
    }
    const file = join(top, 'config/repos.yaml')
    expect(entries).toEqual([
      {
        kind: 'repository',
        owner: 'me',
        repo: 'x',
        destination: join(top, 'library/tools/x'),
        ...options,
        position: { file, line: 3, column: 7 },
      },
      {
        kind: 'source',
        from: 'they',
        match: [],
        exclude: [],
        topics: [],
        destination: '/library/{group}/{repo}',
        ...options,
        position: { file, line: 4, column: 7 },
      },
    ])
  })

  test('with everything, in the order of the file', async () => {
    const { entries, top } = await reposOf(`repos:
  b:
    - { repo: o/x, destination: "/{owner}/{group}-{repo}", branch: v1.0, auto_pull: false,
        pull_schedule: "@daily", depth: 1, on_diverged: backup }
    - { owner: o, repo: .github }
  a:
    - { from: they, match: ["a*"], exclude: ["*-x"], topics: [t], visibility: private,
        archived: false, forks: true, destination: "/all/{repo}.git-{owner}" }
`)
    expect(entries).toMatchObject([
      {
        owner: 'o',
        repo: 'x',
        destination: join(top, 'o/b-x'),
        branch: 'v1.0',
        autoPull: false,
        pullSchedule: '@daily',
        depth: 1,
        onDiverged: 'backup',
      },
      { owner: 'o', repo: '.github', destination: join(top, 'library/b/.github') },
      {
        match: ['a*'],
        exclude: ['*-x'],
        topics: ['t'],
        visibility: 'private',
        archived: false,
        forks: true,
        destination: '/all/{repo}.git-{owner}',
      },
    ])
  })

  test('with merge keys and anchors, each error told where it is written', async () => {
    const { entries } = await reposOf(`repos:
  t:
    - &usual { repo: o/x, auto_pull: false, depth: 1 }
    - { <<: *usual, repo: o/y, depth: 2 }
    - <<: [{ repo: o/z, branch: z }, *usual]
`)
    expect(entries).toMatchObject([
      { repo: 'x', autoPull: false, depth: 1 },
      { repo: 'y', autoPull: false, depth: 2 },
      { repo: 'z', autoPull: false, depth: 1, branch: 'z' },
    ])
    const files = {
      'config/repos.yaml':
        'repos:\n  t:\n    - &u { repo: o/x, depth: 0 }\n    - { <<: *u, repo: o/y }\n',
    }
    const { request } = await makeProject({ files })
    const error = await failure(request, 'repos')
    const places = [error, ...error.details].map(({ message }) => message.split(': ').slice(0, 2))
    expect(places).toEqual([
      ['config/repos.yaml:3:30', 'repos.t[0].depth'],
      ['config/repos.yaml:3:30', 'repos.t[1].depth'],
    ])
  })

  test('the same repository at two places', async () => {
    const { entries } = await reposOf('repos:\n  t:\n    - repo: x\n  u:\n    - repo: x\n')
    expect(entries).toHaveLength(2)
  })

  test('a literal destination below root: /', async () => {
    const { entries } = await reposOf(
      'repos:\n  t:\n    - { repo: o/x, destination: /srv/x }\n',
      'root: /\n',
    )
    expect(entries).toMatchObject([{ destination: '/srv/x' }])
  })

  test('are read once', async () => {
    const config = await load({ files: { 'config/repos.yaml': 'repos: {}\n' } })
    expect(config.repos()).toBe(config.repos())
  })

  test('none without the file', async () => {
    const config = await load({})
    expect(await config.repos()).toEqual([])
    expect(await config.components()).toEqual({})
    expect(await config.webhooks()).toBeNull()
    expect(await config.plugins()).toEqual({
      topic: 'udos-plugin',
      owners: [],
      index: [],
      udosVersion: null,
      requireSignatures: false,
    })
  })
})

describe('expandDestination', () => {
  const source = {
    destination: '/all/{group}/{owner}-{repo}',
    group: 'g',
    from: 'o',
  } as SourceEntry

  test('fills the template in', () => {
    expect(expandDestination('/srv', source, { owner: 'o', repo: 'x' })).toBe('/srv/all/g/o-x')
    const dollar = { ...source, destination: '/{repo}/{repo}' }
    expect(expandDestination('/srv', dollar, { owner: 'o', repo: '.x' })).toBe('/srv/.x/.x')
  })

  test.each([
    '..',
    '.',
    '',
    'a/b',
    '../../etc',
    'x\0',
    '.git',
    'x.git',
    'a b',
    '\u202ex',
    '{owner}',
  ])('refuses a name that GitHub never gave: %j', (repo) => {
    const name = { owner: 'o', repo }
    expect(() => expandDestination('/srv', source, name)).toThrow(PathError)
  })
})

describe('findOverlaps', () => {
  const overlaps = async (root: string, paths: string[]) => {
    const found = await findOverlaps(paths, (path) => join(root, path), root)
    return found.map(({ item, other, how }) => `${item} ${how} ${other}`)
  }

  test.each([
    [['a', 'b', 'a/b'], ['a/b inside a']],
    [['a/b', 'a'], ['a around a/b']],
    [['a', 'a-b', 'a.b', 'ab'], []],
    [['a', 'a-b', 'a/b'], ['a/b inside a']],
    [
      ['a/x', 'a/y', 'a', 'a/z/w'],
      ['a around a/x', 'a around a/y', 'a/z/w inside a'],
    ],
    [['a', './a'], ['./a same a']],
    [['./a', 'a'], ['a same ./a']],
    [['a', 'A'], []],
  ])('%j: %j', async (paths, expected) => {
    const found = await overlaps(await temporaryFolder(), paths)
    expect(found.sort()).toEqual(expected.sort())
  })

  test('follows symbolic links on the way and at the end', async () => {
    const root = await temporaryFolder()
    await mkdir(join(root, 'real/x'), { recursive: true })
    await symlink('real', join(root, 'link'))
    await symlink('real/x', join(root, 'other'))
    expect(await overlaps(root, ['real/x', 'link/x'])).toEqual(['link/x same real/x'])
    expect(await overlaps(root, ['real/x', 'other'])).toEqual(['other same real/x'])
    expect(await overlaps(root, ['link/new', 'real/new'])).toEqual(['real/new same link/new'])
  })

  test('5,000 at once', { tags: ['deep'] }, async () => {
    const root = await temporaryFolder()
    const paths = Array.from({ length: 5000 }, (_, index) => `g${index % 50}/r${index}`)
    expect(await overlaps(root, paths)).toEqual([])
  })
})

test('a large repos.yaml', { tags: ['deep'] }, async () => {
  const entry = (index: number) =>
    `    - owner: uDOS\n      repo: r${index}\n      branch: main\n      pull_schedule: "0 ${index % 24} * * *"\n`
  const content = `repos:\n  g:\n${Array.from({ length: 5000 }, (_, index) => entry(index)).join('')}`
  const { request } = await makeProject({ files: { 'config/repos.yaml': content } })
  const entries: RepoEntry[] = await (await loadConfig(request)).repos()
  expect(entries).toHaveLength(5000)
})
