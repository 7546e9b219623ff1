import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openObjectStore } from '../../../src/git/plumbing/objects/store.js'
import { pullMergedBy, pullsOf } from '../../../src/releases/notes/history.js'
import { knownBefore } from '../../../src/releases/notes/local.js'
import {
  differentPeople,
  isLogin,
  keysOf,
  peopleOf,
  personOf,
} from '../../../src/releases/notes/people.js'
import { git, temporaryFolder } from '../../git/support/real-git.js'

const mona = { name: 'Mona Lisa', email: 'mona@example.com', login: null }

it.each([
  ['monalisa', true],
  ['a-b-c', true],
  ['dependabot[bot]', true],
  ['-x', false],
  ['a_b', false],
  ['a b', false],
  ['x'.repeat(39), true],
  ['x'.repeat(40), false],
  ['', false],
])('%j is a login: %j', (text, expected) => {
  expect(isLogin(text)).toBe(expected)
})

describe('personOf', () => {
  it.each<[string, string, string | undefined, string | null]>([
    ['an address of one’s own', 'Mona@Example.com ', undefined, null],
    [
      'the address that GitHub gives',
      '123+monalisa@users.noreply.github.com',
      undefined,
      'monalisa',
    ],
    ['an older one', 'monalisa@users.noreply.github.com', undefined, 'monalisa'],
    ['one of an own server', '5+octo@users.noreply.git.corp.example', undefined, 'octo'],
    ['an app’s', '49699333+dependabot[bot]@users.noreply.github.com', undefined, 'dependabot[bot]'],
    ['what GitHub says', 'mona@example.com', 'octocat', 'octocat'],
    ['what is no login', '1+a_b@users.noreply.github.com', undefined, null],
    ['another’s address', 'users.noreply.github.com@evil.test', undefined, null],
  ])('%s', (_name, email, known, login) => {
    expect(personOf({ name: ' Mona Lisa ', email }, known)).toEqual({
      name: 'Mona Lisa',
      email: email.trim().toLowerCase(),
      login,
    })
  })
})

describe('peopleOf', () => {
  const people = (message: string) =>
    peopleOf({ author: mona, message }).map(({ name, login }) => login ?? name)

  it.each([
    ['the author', 'feat: x', ['Mona Lisa']],
    [
      'others',
      'x\n\nCo-authored-by: Octo <o@example.com>\nco-authored-BY: Hubot <1+hubot@users.noreply.github.com>',
      ['Mona Lisa', 'Octo', 'hubot'],
    ],
    [
      'nobody twice',
      'x\n\nCo-authored-by: Mona <MONA@example.com>\nCo-authored-by: Octo <o@x.example>\nCo-authored-by: O <o@x.example>',
      ['Mona Lisa', 'Octo'],
    ],
    [
      'no line that is not whole',
      'x\n\nCo-authored-by: Octo\nCo-authored-by: <a@b> c\nsays Co-authored-by: X <x@y>',
      ['Mona Lisa'],
    ],
  ])('are %s', (_name, message, expected) => {
    expect(people(message)).toEqual(expected)
  })
})

it('people are the same by login, else address, else name', () => {
  const of = (name: string, email: string, login: string | null = null) => ({ name, email, login })
  const all = [
    of('A', 'a@x', 'Octo'),
    of('B', 'b@x', 'octo'),
    of('A', 'a@x'),
    of('C', 'a@x'),
    of('C', ''),
    of('c', ''),
    of('', ''),
  ]
  expect(differentPeople(all)).toEqual([all[0], all[2], all[4]])
  expect(keysOf(of('A', 'a@x', 'Octo'))).toEqual(['@octo', 'a@x', 'a'])
  expect(keysOf(of('', ''))).toEqual([])
})

it.each([
  ['Merge pull request #12 from octo/branch', 12],
  ['Merge pull request #12 from octo/branch\n\nTitle', 12],
  ['Merge branch main', null],
  ['merge pull request #12 from x', null],
  ['Revert "Merge pull request #12 from x"', null],
  ['Merge pull request #1234567890 from x', null],
])('%j is the merge of %j', (message, number) => {
  expect(pullMergedBy(message)).toBe(number)
})

describe('pullsOf', () => {
  /** `b: a` is a commit and its parents; a merge of a pull request has its number after `#`. */
  const pulls = (headOid: string, ...lines: string[]) => {
    const commits = lines.map((line) => {
      const [, oid = '', parents = '', pull] = /^(\w+):((?: \w+)*)(?: #(\d+))?$/.exec(line) ?? []
      return { oid, parents: parents.split(' ').filter(Boolean), pull }
    })
    const messageOf = (oid: string) => {
      const pull = commits.find((one) => one.oid === oid)?.pull
      return pull ? `Merge pull request #${pull} from x` : `commit ${oid}`
    }
    return Object.fromEntries(pullsOf(headOid, commits, messageOf))
  }

  it.each<[string, string, string[], Record<string, number>]>([
    ['nothing of a line', 'c', ['a:', 'b: a', 'c: b'], {}],
    ['what a merge brought in', 'm', ['a:', 'b: a', 'c: b', 'm: a c #7'], { b: 7, c: 7 }],
    ['nothing of another merge', 'm', ['a:', 'b: a', 'm: a b'], {}],
    [
      'each by the first that reaches it',
      'n',
      ['a:', 'b: a', 'c: b', 'm: a b #1', 'n: m c #2'],
      { b: 1, c: 2 },
    ],
    [
      'what was merged into it',
      'm',
      ['a:', 'b: a', 'c: a', 'd: b c #3', 'm: a d #7'],
      { b: 7, c: 7, d: 7 },
    ],
    ['nothing that the main line has', 'm', ['a:', 'b: a', 'm: b a #7'], {}],
    ['three at once', 'm', ['a:', 'b: a', 'c: a', 'm: a b c #7'], { b: 7, c: 7 }],
    ['no further than the range', 'm', ['m: a b #7'], {}],
  ])('tells %s', (_name, headOid, lines, expected) => {
    expect(pulls(headOid, ...lines)).toEqual(expected)
  })
})

describe('knownBefore', () => {
  async function repository(...authors: [string, string][]) {
    const dir = temporaryFolder()
    git(dir, ['init', '--quiet', '--initial-branch=main'])
    for (const [index, [name, email]] of authors.entries()) {
      writeFileSync(join(dir, 'file'), `${index}`)
      git(dir, ['add', '.'])
      const env = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email }
      git(dir, ['commit', '--quiet', '-m', `change ${index}`], { env })
    }
    const store = await openObjectStore(join(dir, '.git'))
    onTestFinished(() => store.close())
    const place = { store, commonDir: join(dir, '.git') }
    return { dir, place, head: git(dir, ['rev-parse', 'HEAD']) }
  }
  const octo = { name: 'Octo', email: 'octo@example.com', login: null }

  it('are those whose login, address or name is in the history', async () => {
    const { place, head } = await repository(
      ['Mona Lisa', 'other@example.com'],
      ['Nobody', '7+hubot@users.noreply.github.com'],
    )
    const hubot = { name: 'H', email: 'h@example.com', login: 'Hubot' }
    expect(await knownBefore(place, head, [mona, octo, hubot])).toEqual(new Set([mona, hubot]))
  })

  it('are nobody where there is nothing before', async () => {
    const { place } = await repository(['Mona Lisa', 'mona@example.com'])
    expect(await knownBefore(place, null, [mona])).toEqual(new Set())
  })

  it('is not known where history is cut', async () => {
    const { dir } = await repository(['A', 'a@x.example'], ['B', 'b@x.example'])
    const clone = temporaryFolder()
    git(clone, ['clone', '--quiet', '--depth=1', `file://${dir}`, '.'])
    const store = await openObjectStore(join(clone, '.git'))
    onTestFinished(() => store.close())
    const place = { store, commonDir: join(clone, '.git') }
    const cut = git(clone, ['rev-parse', 'HEAD'])
    expect(await knownBefore(place, cut, [octo])).toBeNull()
  })
})
