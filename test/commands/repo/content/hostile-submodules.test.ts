import { existsSync } from 'node:fs'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import type { Files } from 'local-github'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Pointed, repositoryWith, submodules } from '../../../support/submodules.js'
import { openWorkspace, snapshot, type Workspace } from '../../../support/workspace.js'

interface Entry {
  status: string
  warnings: string[]
  error: { code: string; message: string } | null
}

let work: Workspace
let lib: string
const commit = '0123456789abcdef0123456789abcdef01234567'

const one = (more: Partial<Pointed>): (() => Files) => {
  return () => submodules({ path: 'lib', url: '../lib', oid: lib, ...more })
}
const text = (gitmodules: string, more: Files = {}) => {
  return (): Files => ({ '.gitmodules': gitmodules, lib: { gitlink: lib }, ...more })
}

/** Each with what its refusal says. */
const hostile: [name: string, files: () => Files, says: RegExp][] = [
  ['CVE-2018-17456: an option as address', one({ url: '-u./payload' }), /"-u\.\/payload" is not/],
  [
    'CVE-2018-17456: an option as path',
    () => submodules({ path: '-lib', url: '../lib', oid: lib }),
    /-lib: its path begins with a dash/,
  ],
  ['CVE-2018-11235: .. in a name', one({ name: '../../hooks' }), /leaves \.git\/modules/],
  ['CVE-2018-11235: .. behind a backslash', one({ name: 'a\\\\..\\\\..' }), /leaves/],
  [
    'a name that is nothing',
    one({ name: '.' }),
    /^submodule lib: its name "\." is not a valid folder name$/,
  ],
  [
    'a name that is too long for a folder',
    one({ name: 'n'.repeat(300) }),
    /^submodule lib: its name "n{10,40}…?" is too long$/,
  ],
  [
    'url without a value, which git does not read either',
    text('[submodule "lib"]\n\tpath = lib\n\turl\n'),
    /^can't read \.gitmodules: see its line 3$/,
  ],
  [
    'CVE-2019-1387: a name in another’s git folder',
    () =>
      submodules(
        { path: 'lib', url: '../lib', oid: lib },
        { path: 'more', name: 'lib/hooks', url: '../lib', oid: lib },
      ),
    /more: on some systems its name .* inside that of lib/,
  ],
  [
    'CVE-2019-1349: two names that NTFS takes for one',
    () =>
      submodules(
        { path: 'lib', url: '../lib', oid: lib },
        { path: 'more', name: 'LIB. ', url: '../lib', oid: lib },
      ),
    /more: on some systems its name/,
  ],
  ['CVE-2019-19604: a command', one({ more: '\tupdate = !touch wizard-pwned\n' }), /`update`/],
  ['CVE-2025-48384: a path that ends in CR', () => crAtTheEnd(), /lib.*: its path contains/],
  ['a name that ends in CR', text('[submodule "lib\r"]\npath = lib\nurl = ../lib\n'), /control/],
  [
    'CVE-2024-32002: a path through a symlink where case does not count',
    () => ({ ...one({ path: 'A/modules/x' })(), a: { content: '.git', mode: '120000' } }),
    /symlink/,
  ],
  [
    'CVE-2022-39253: a file address',
    one({ url: 'file:///etc' }),
    /"file:\/\/\/etc" is not supported/,
  ],
  ['a path as address', one({ url: '/etc' }), /is not supported/],
  ['ext::', one({ url: 'ext::sh -c touch% wizard-pwned' }), /is not supported/],
  ['git:', one({ url: 'git://127.0.0.1/uDOS/lib' }), /is not supported/],
  ['http elsewhere', one({ url: 'http://192.0.2.1/uDOS/lib' }), /is not supported/],
  ['an ssh address on another host', one({ url: 'git@192.0.2.1:uDOS/lib' }), /is not supported/],
  ['an address without a host', one({ url: 'https:///etc' }), /is not supported/],
  ['CVE-2020-11008: a hidden new line', one({ url: 'https://h%0ahost=x/a' }), /is not supported/],
  ['../ beyond the host', one({ url: '../../../127.0.0.1/x' }), /leaves the host/],
  [
    'CVE-2019-1352, -1354: a path that NTFS takes for one in .git',
    () => ({ ...one({})(), 'd\\git~1': { gitlink: lib } }),
    /unsafe tree entry/,
  ],
  ['garbage', text('[submodule "lib"\n\tpath\n= x'), /can't read \.gitmodules/],
]

/** Each is left empty, as git leaves it. */
const unmapped: [name: string, files: () => Files][] = [
  ['a submodule without an entry', () => ({ lib: { gitlink: lib } })],
  ['one without an address', text('[submodule "lib"]\n\tpath = lib\n')],
  ['update = none', one({ more: '\tupdate = none\n' })],
]

/** Each is filled in. */
const fine: [name: string, files: () => Files][] = [
  ['an entry for a path that is a file', () => ({ ...withFile(), 'other.txt': 'o\n' })],
  [
    'two names for one path',
    text('[submodule "x"]\npath = lib\nurl = ../gone\n[submodule "y"]\npath = lib\nurl = ../lib\n'),
  ],
  ['an ssh address on the same host', one({ url: 'git@127.0.0.1:uDOS/lib.git' })],
  ['a name as long as a folder’s may be', one({ name: 'n'.repeat(255) })],
  ['ignore, branch, shallow', one({ more: '\tignore = all\n\tbranch = odd\n\tshallow = true\n' })],
  [
    '10,000 entries',
    () => {
      const entries = Array.from(
        { length: 10_000 },
        (_, n) => `[submodule "n${n}"]\npath = n${n}\n`,
      )
      return text(`${entries.join('url = ../lib\n')}url = ../lib\n${entry}`)()
    },
  ],
]
const entry = '[submodule "lib"]\n\tpath = lib\n\turl = ../lib\n'
const withFile = (): Files =>
  text(`${entry}[submodule "o"]\n\tpath = other.txt\n\turl = ../lib\n`)()

function crAtTheEnd(): Files {
  return {
    '.gitmodules': '[submodule "x"]\npath = "lib\r"\nurl = ../lib\n',
    'lib\r': { gitlink: lib },
  }
}

const all = [...hostile, ...unmapped, ...fine]
const repoOf = (name: string) => `r${all.findIndex(([one]) => one === name)}`
const at = (name: string) => `library/all/${repoOf(name)}`
let found: Record<string, Entry>

async function sync(): Promise<Record<string, Entry>> {
  const { json } = await work.wizard('REPO', 'SYNC', '--json')
  const entries: Entry[] = json.repositories
  return Object.fromEntries(all.map(([name], index) => [name, entries[index] as Entry]))
}

beforeAll(async () => {
  work = await openWorkspace()
  lib = await repositoryWith(work, 'lib', { 'a.txt': 'lib\n' })
  for (const [name, files] of all) await repositoryWith(work, repoOf(name), files())
  await work.repos({ all: all.map(([name]) => ({ repo: repoOf(name), submodules: true })) })
  found = await sync()
})
afterAll(() => work.close())

describe('a hostile submodule', { tags: ['deep'] }, () => {
  it.each(hostile)('%s is refused by name, and nothing is left', async (name, _files, says) => {
    expect(found[name]).toMatchObject({ status: 'failed', error: { code: 'PATH' } })
    expect(found[name]?.error?.message).toMatch(says)
    expect(existsSync(work.path(at(name)))).toBe(false)
  })

  it('runs nothing, and asks nobody else', async () => {
    expect(existsSync('wizard-pwned') || existsSync(work.path('wizard-pwned'))).toBe(false)
    expect((await readdir(work.path('library/all'))).filter((one) => one.startsWith('.'))).toEqual(
      [],
    )
  })

  it.each(unmapped)('%s is left empty, with the warning', async (name) => {
    expect(found[name]).toMatchObject({ status: 'cloned', warnings: ['submodules'], error: null })
    expect(await readdir(work.path(at(name), 'lib'))).toEqual([])
  })

  it.each(fine)('%s: the submodule is filled in', async (name) => {
    expect(found[name]).toMatchObject({ status: 'cloned', warnings: [], error: null })
    expect(await work.read(`${at(name)}/lib/a.txt`)).toBe('lib\n')
    expect(await work.git(at(name), 'status', '--porcelain')).toBe('')
  })

  it('is refused in a pull too, and nothing moves', async () => {
    const [name] = fine[0] ?? ['']
    for (const [, files, says] of hostile) {
      const before = await work.github.oid(`uDOS/${repoOf(name)}`, 'main')
      const there = await snapshot(
        work.path(at(name)),
        /^\.git($|\/(objects|FETCH_HEAD|refs|logs))/,
      )
      await work.github.commit(`uDOS/${repoOf(name)}`, {
        files: { ...files(), 'top.txt': 'new\n' },
      })
      const { json } = await work.wizard('REPO', 'SYNC', repoOf(name), '--json')
      expect(json.repositories[0]).toMatchObject({ status: 'failed', error: { code: 'PATH' } })
      expect(json.repositories[0].error.message).toMatch(says)
      expect(
        await snapshot(work.path(at(name)), /^\.git($|\/(objects|FETCH_HEAD|refs|logs))/),
      ).toEqual(there)
      await work.github.branch(`uDOS/${repoOf(name)}`, 'main', before)
    }
  })
})

describe('what can not be had', { tags: ['deep'] }, () => {
  it.each([
    ['a commit that is gone', () => submodules({ path: 'x/lib', url: '../lib', oid: commit })],
    ['a repository that is gone', () => submodules({ path: 'x/lib', url: '../gone', oid: commit })],
  ])('%s fails the clone by the path', async (name, files) => {
    const repo = name.replaceAll(' ', '-')
    await repositoryWith(work, repo, files())
    const { json } = await work.wizard(
      'REPO',
      'CLONE',
      `uDOS/${repo}`,
      '--recurse-submodules',
      '--json',
    )
    expect(json).toMatchObject({ status: 'failed', error: { code: 'GITHUB_NOT_FOUND' } })
    expect(json.error.message).toMatch(/^submodule x\/lib: /)
    expect(existsSync(work.path(repo))).toBe(false)
  })

  it('a chain without end stops at a depth, and says where', async () => {
    let oid = lib
    for (let level = 0; level < 18; level++) {
      oid = await repositoryWith(
        work,
        `chain-${level}`,
        submodules({
          path: 's',
          url: `../${level === 0 ? 'lib' : `chain-${level - 1}`}`,
          oid,
        }),
      )
    }
    const { json } = await work.wizard(
      'REPO',
      'CLONE',
      'uDOS/chain-17',
      '--recurse-submodules',
      '--json',
    )
    expect(json).toMatchObject({ status: 'failed', error: { code: 'FAILED' } })
    expect(json.error.message).toMatch(/^submodule (s\/){16}s: it is more than 16 levels deep/)
  })

  it('one that contains itself is filled in as often as git does', async () => {
    const name = 'itself'
    const first = await repositoryWith(work, name, { 'a.txt': 'a\n' })
    await work.github.commit(`uDOS/${name}`, {
      files: submodules({ path: 's', url: `../${name}`, oid: first }),
    })
    const { json } = await work.wizard(
      'REPO',
      'CLONE',
      `uDOS/${name}`,
      '--recurse-submodules',
      '--json',
    )
    expect(json).toMatchObject({ status: 'cloned', warnings: [] })
    expect(await work.read(`${name}/s/a.txt`)).toBe('a\n')
  })

  it('a token goes to no other host', async () => {
    const other = await openWorkspace()
    try {
      const oid = await repositoryWith(other, 'public', { 'p.txt': 'p\n' })
      const url = `${other.github.gitUrl}/uDOS/public.git`
      await repositoryWith(work, 'mixed', submodules({ path: 'p', url, oid }))
      const { json } = await work.wizard(
        'REPO',
        'CLONE',
        'uDOS/mixed',
        '--recurse-submodules',
        '--json',
      )
      expect(json).toMatchObject({ status: 'cloned', warnings: [] })
      expect(other.github.requests.length).toBeGreaterThan(0)
      expect(other.github.requests.filter(({ headers }) => headers.authorization)).toEqual([])
    } finally {
      await other.close()
    }
  })
})

describe('another host', { tags: ['deep'] }, () => {
  it.each([
    [
      404,
      'GITHUB_NOT_FOUND',
      'no such repository, or it is private and no token goes to that server',
    ],
    [401, 'GITHUB_AUTH', 'not found, or private and no token goes to that server'],
  ])('that answers %i is not said to have got the token', async (status, code, says) => {
    const other = await openWorkspace()
    try {
      other.github.fail({ origin: 'git', status })
      const url = `${other.github.gitUrl}/uDOS/gone.git`
      await repositoryWith(work, `other-${status}`, submodules({ path: 'p', url, oid: commit }))
      const clone = ['REPO', 'CLONE', `uDOS/other-${status}`, '--recurse-submodules', '--json']
      const { json } = await work.wizard(...clone)
      const { host } = new URL(url)
      expect(json.error).toMatchObject({
        code,
        message: `submodule p: ${host}/uDOS/gone: ${says}`,
        hint: 'check the address; the token goes only to the configured server',
      })
    } finally {
      await other.close()
    }
  })
})

describe('something in its way on disk', { tags: ['deep'] }, () => {
  it('a symlink in its path is not followed', async () => {
    const repo = 'link'
    await repositoryWith(work, repo, { 'top.txt': 'top\n' })
    await work.wizard('REPO', 'CLONE', `uDOS/${repo}`)
    await mkdir(work.path('elsewhere'))
    await writeFile(work.path('elsewhere/mine.txt'), 'mine\n')
    await symlink('../elsewhere', work.path(repo, 'x'))
    await work.github.commit(`uDOS/${repo}`, {
      files: submodules({ path: 'x/lib', url: '../lib', oid: lib }),
    })
    const { json } = await work.wizard(
      'REPO',
      'PULL',
      `./${repo}`,
      '--recurse-submodules',
      '--json',
    )
    expect(json).toMatchObject({ status: 'blocked', reason: 'dirty' })
    expect(await readdir(work.path('elsewhere'))).toEqual(['mine.txt'])
  })
})
