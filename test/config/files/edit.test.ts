import { chmod, lstat, mkdir, readFile, rename, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConflictError } from '../../../src/base/errors.js'
import {
  addRepository,
  type NewRepository,
  removeRepository,
} from '../../../src/config/files/edit.js'
import { loadConfig } from '../../../src/config/load.js'
import { makeProject } from '../support.js'

const commented = `# our repositories
repos:
  # the tools
  tools:   # by hand
    - owner: uDOS   # us
      repo: 'typo'

      branch: "main"
    # - repo: old

    - { repo: uDOS/micro, auto_pull: false }  # small
      # about micro

  # models
  models:
    - from: ollama
      match: [ "ollama*" ]
# the end
`

async function edited(before: string, change: Change): Promise<string> {
  const { request, top } = await makeProject({ files: { 'config/repos.yaml': before } })
  const config = await loadConfig(request)
  await ('remove' in change
    ? removeRepository(config, change.remove)
    : addRepository(config, { owner: 'a', repo: 'b', ...change.add }))
  return readFile(join(top, 'config/repos.yaml'), 'utf8')
}

type Change = { add: Partial<NewRepository> & { group: string } } | { remove: string }

interface Case {
  name: string
  before: string
  change: Change
  /** The file's text with `from` replaced; or the text after the edit. */
  from?: string
  to: string
}

const cases: Case[] = [
  {
    name: 'at the end of a group, after its comments',
    before: commented,
    change: { add: { group: 'tools' } },
    from: '      # about micro\n',
    to: '      # about micro\n    - owner: a\n      repo: b\n',
  },
  {
    name: 'with everything',
    before: commented,
    change: { add: { group: 'models', destination: '/x y/1', branch: '1.10' } },
    from: '      match: [ "ollama*" ]\n',
    to: '      match: [ "ollama*" ]\n    - owner: a\n      repo: b\n      destination: /x y/1\n      branch: "1.10"\n',
  },
  {
    name: 'in a new group, as the others are indented',
    before: commented,
    change: { add: { group: 'new' } },
    from: '      match: [ "ollama*" ]\n',
    to: '      match: [ "ollama*" ]\n  new:\n    - owner: a\n      repo: b\n',
  },
  {
    name: 'in a list that stands at its key’s column',
    before: 'repos:\n    t:\n    - repo: o/x\n',
    change: { add: { group: 't' } },
    to: 'repos:\n    t:\n    - repo: o/x\n    - owner: a\n      repo: b\n',
  },
  {
    name: 'in a new group beside such a list',
    before: 'repos:\n    t:\n    - repo: o/x\n',
    change: { add: { group: 'u' } },
    to: 'repos:\n    t:\n    - repo: o/x\n    u:\n    - owner: a\n      repo: b\n',
  },
  {
    name: 'without a newline at the end',
    before: 'repos:\n  t:\n    - repo: o/x',
    change: { add: { group: 't' } },
    to: 'repos:\n  t:\n    - repo: o/x\n    - owner: a\n      repo: b',
  },
  {
    name: 'with the line ends of Windows',
    before: 'repos:\r\n  t:\r\n    - repo: o/x # c\r\n',
    change: { add: { group: 't' } },
    to: 'repos:\r\n  t:\r\n    - repo: o/x # c\r\n    - owner: a\r\n      repo: b\r\n',
  },
  {
    name: 'behind a byte order mark',
    before: '\ufeffrepos:\n  t:\n    - repo: o/x\n',
    change: { add: { group: 't' } },
    to: '\ufeffrepos:\n  t:\n    - repo: o/x\n    - owner: a\n      repo: b\n',
  },
  {
    name: 'in an empty list',
    before: 'repos:\n  t: []  # none yet\n  u: []\n',
    change: { add: { group: 't' } },
    to: 'repos:\n  t:  # none yet\n    - owner: a\n      repo: b\n  u: []\n',
  },
  {
    name: 'in an empty map',
    before: '# c\nrepos: {}',
    change: { add: { group: 't' } },
    to: '# c\nrepos:\n  t:\n    - owner: a\n      repo: b',
  },
  {
    name: 'in a list in brackets',
    before: 'repos:\n  t: [ {repo: o/x},\n    {repo: o/y}, ]  # c\n',
    change: { add: { group: 't', branch: 'a,b' } },
    to: 'repos:\n  t: [ {repo: o/x},\n    {repo: o/y}, { owner: a, repo: b, branch: "a,b" }, ]  # c\n',
  },
  {
    name: 'in a map in braces',
    before: 'repos: { t: [ {repo: o/x} ] }\n',
    change: { add: { group: 'u' } },
    to: 'repos: { t: [ {repo: o/x} ], u: [{ owner: a, repo: b }] }\n',
  },
  {
    name: 'after a block scalar',
    before: 'repos:\n  t:\n    - repo: o/x\n      branch: >-\n        main\n\n  u: []\n',
    change: { add: { group: 't' } },
    to: 'repos:\n  t:\n    - repo: o/x\n      branch: >-\n        main\n    - owner: a\n      repo: b\n\n  u: []\n',
  },
  {
    name: 'a group whose name needs quotes',
    before: 'repos:\n  t: []\n',
    change: { add: { group: '#1 new' } },
    to: 'repos:\n  t: []\n  "#1 new":\n    - owner: a\n      repo: b\n',
  },
  {
    name: 'the first of a list, by its name',
    before: commented,
    change: { remove: 'typo' },
    from: `    - owner: uDOS   # us\n      repo: 'typo'\n\n      branch: "main"\n`,
    to: '',
  },
  {
    name: 'the last of a list, with the comment inside it',
    before: commented,
    change: { remove: 'https://github.com/udos/Micro.git' },
    from: '    - { repo: uDOS/micro, auto_pull: false }  # small\n      # about micro\n',
    to: '',
  },
  {
    name: 'the only one of a list',
    before: 'repos:\n  t: # c\n    # d\n    - repo: o/x\n  u: []\n',
    change: { remove: 'git@github.com:o/x.git' },
    to: 'repos:\n  t: [] # c\n    # d\n  u: []\n',
  },
  {
    name: 'one in the middle of brackets',
    before: 'repos:\n  t: [ {repo: o/x}, {repo: o/y}, {repo: o/z} ]\n',
    change: { remove: 'o/y' },
    to: 'repos:\n  t: [ {repo: o/x}, {repo: o/z} ]\n',
  },
  {
    name: 'the first of brackets',
    before: 'repos:\n  t: [ {repo: o/x}, {repo: o/y} ]\n',
    change: { remove: 'o/x' },
    to: 'repos:\n  t: [ {repo: o/y} ]\n',
  },
  {
    name: 'the only one of brackets',
    before: 'repos:\n  t: [ {repo: o/x}, ]\n',
    change: { remove: 'o/x' },
    to: 'repos:\n  t: []\n',
  },
]

describe('keeps every other byte', () => {
  test.each(cases)('$name', async ({ before, change, from, to }) => {
    const after = from === undefined ? to : before.replace(from, to)
    expect(from === undefined || before.includes(from)).toBe(true)
    expect(await edited(before, change)).toBe(after)
  })
})

test('an added entry is taken out again byte for byte', async () => {
  const { request, top } = await makeProject({ files: { 'config/repos.yaml': commented } })
  for (const group of ['tools', 'models']) {
    await addRepository(await loadConfig(request), { group, owner: 'a', repo: 'b' })
    expect(await loadConfig(request).then((config) => config.repos())).toHaveLength(4)
    await removeRepository(await loadConfig(request), 'a/b')
    expect(await readFile(join(top, 'config/repos.yaml'), 'utf8')).toBe(commented)
  }
})

describe('repos.yaml is made', () => {
  test('in the folder of the other files', async () => {
    const { request, top } = await makeProject({ files: { 'config/github.yaml': 'root: .\n' } })
    const added = await addRepository(await loadConfig(request), {
      group: 'tools',
      owner: 'a',
      repo: 'b',
    })
    const file = join(top, 'config/repos.yaml')
    expect(added).toEqual({ repo: 'a/b', group: 'tools', path: join(top, 'library/tools/b'), file })
    expect(await readFile(file, 'utf8')).toBe('repos:\n  tools:\n    - owner: a\n      repo: b\n')
  })

  test('in the user’s folder where there is no configuration', async () => {
    const { request, home } = await makeProject({})
    const { file, path } = await addRepository(await loadConfig(request), {
      group: 'tools',
      owner: 'a',
      repo: 'b',
    })
    expect(file).toBe(join(home, '.config/wizard/repos.yaml'))
    expect(path).toBe(join(home, '.local/share/wizard/library/tools/b'))
    const [entry] = await loadConfig(request).then((config) => config.repos())
    expect(entry).toMatchObject({ destination: path })
  })
})

describe('refuses, and leaves the file as it is', () => {
  const refusals: [string, string, Change, string][] = [
    [
      'the same one again',
      commented,
      { add: { group: 'tools', owner: 'uDOS', repo: 'typo' } },
      'is already in ',
    ],
    [
      'a destination inside another',
      commented,
      { add: { group: 'new', destination: '/library/tools/typo/x' } },
      'is inside the destination of repos.tools[0]',
    ],
    [
      'a destination that escapes',
      commented,
      { add: { group: 'new', destination: '../x' } },
      'is outside',
    ],
    ['a wrong branch', commented, { add: { group: 'new', branch: 'a..b' } }, 'expected a branch'],
    [
      'a wrong group',
      commented,
      { add: { group: '../x', destination: 'x' } },
      'expected the name of a group',
    ],
    [
      'a group that is an alias',
      'repos:\n  t: &t []\n  u: *t\n',
      { add: { group: 'u' } },
      'written in a way',
    ],
    [
      'what is not there',
      commented,
      { remove: 'nothing' },
      'known repositories: uDOS/typo, uDOS/micro',
    ],
    [
      'what a source brings in',
      commented,
      { remove: 'ollama/ollama' },
      'has no entry for ollama/ollama',
    ],
    [
      'what stands there twice',
      'repos:\n  t:\n    - repo: o/x\n  u:\n    - repo: o/x\n',
      { remove: 'x' },
      'has 2 entries',
    ],
  ]
  test.each(refusals)('%s', async (_, before, change, message) => {
    const { request, top } = await makeProject({ files: { 'config/repos.yaml': before } })
    const config = await loadConfig(request)
    const edit =
      'remove' in change
        ? removeRepository(config, change.remove)
        : addRepository(config, { owner: 'a', repo: 'b', ...change.add })
    const error = await edit.catch((caught: unknown) => caught)
    expect(`${(error as Error).message} ${(error as { hint?: string }).hint}`).toContain(message)
    expect(await readFile(join(top, 'config/repos.yaml'), 'utf8')).toBe(before)
  })

  test('what somebody else changed meanwhile', async () => {
    const { request, top } = await makeProject({ files: { 'config/repos.yaml': commented } })
    const config = await loadConfig(request)
    const { rewrite } = await import('../../../src/config/yaml/write.js')
    const path = join(top, 'config/repos.yaml')
    const write = rewrite({ path, before: `${commented}#`, after: 'repos: {}\n' })
    await expect(write).rejects.toThrow(ConflictError)
    expect(await readFile(config.fileFor('repos'), 'utf8')).toBe(commented)
  })
})

test('keeps mode and symbolic link, and leaves nothing beside', async () => {
  const { request, top } = await makeProject({ files: { 'config/repos.yaml': commented } })
  const link = join(top, 'config/repos.yaml')
  const file = join(top, 'elsewhere/repos.yaml')
  await mkdir(join(top, 'elsewhere'))
  await rename(link, file)
  await symlink('../elsewhere/repos.yaml', link)
  await chmod(file, 0o666)
  await addRepository(await loadConfig(request), { group: 'tools', owner: 'a', repo: 'b' })
  expect((await lstat(link)).isSymbolicLink()).toBe(true)
  expect((await stat(file)).mode & 0o777).toBe(0o666)
  expect(await readFile(file, 'utf8')).toContain('repo: b')
  const { readdir } = await import('node:fs/promises')
  expect(await readdir(join(top, 'elsewhere'))).toEqual(['repos.yaml'])
})
