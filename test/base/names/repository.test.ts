import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../src/base/errors.js'
import {
  checkedOwner,
  checkedRepo,
  fullNameOf,
  groupPattern,
  isFullName,
  isOwnerName,
  isRepoName,
  isSameRepo,
  parseIndexName,
  parseRepo,
  repoPattern,
} from '../../../src/base/names/repository.js'

describe('an owner', () => {
  test.each([
    ['x', true],
    ['octo-org', true],
    ['octo_corp', true],
    ['0x', true],
    ['old-', true],
    ['old--name', true],
    ['o'.repeat(39), true],
    ['o'.repeat(40), false],
    ['-o', false],
    ['_o', false],
    ['o.o', false],
    ['o/o', false],
    ['o o', false],
    ['ö', false],
    ['..', false],
    ['o\n', false],
    ['', false],
  ])('%j: %j', (name, expected) => {
    expect(isOwnerName(name)).toBe(expected)
    expect(isFullName({ owner: name, repo: 'x' })).toBe(expected)
    expect(parseRepo(`${name}/x`)).toEqual(expected ? { owner: name, repo: 'x' } : null)
    if (expected) expect(checkedOwner(name)).toBe(name)
    else expect(() => checkedOwner(name)).toThrow(UsageError)
  })
})

describe('a repository', () => {
  test.each([
    ['x', true, true],
    ['.github', true, true],
    ['a.b', true, true],
    ['-', true, true],
    ['_', true, true],
    ['...', true, true],
    ['git', true, true],
    ['X'.repeat(100), true, true],
    ['x.wiki', false, true],
    ['x.git', false, false],
    ['x.GIT', false, false],
    ['X'.repeat(101), false, false],
    ['', false, false],
    ['.', false, false],
    ['..', false, false],
    ['.git', false, false],
    ['a b', false, false],
    ['a/b', false, false],
    ['a%2fb', false, false],
    ['a?b', false, false],
    ['é', false, false],
    ['x\n', false, false],
  ])('%j: known to the API %j, to git %j', (name, api, git) => {
    expect(repoPattern.test(name)).toBe(api)
    expect(isFullName({ owner: 'o', repo: name })).toBe(api)
    expect(isRepoName(name)).toBe(git)
  })
})

describe('owner/repo', () => {
  test.each([
    ['uDOS/typo', 'uDOS', 'typo'],
    ['uDOS/typo.git', 'uDOS', 'typo'],
    ['uDOS/typo.GIT', 'uDOS', 'typo'],
    ['uDOS/typo.wiki', 'uDOS', 'typo.wiki'],
    ['uDOS/typo.wiki.git', 'uDOS', 'typo.wiki'],
  ])('%s', (text, owner, repo) => {
    expect(parseRepo(text)).toEqual({ owner, repo })
    const [first = '', second = ''] = text.split('/')
    expect(checkedRepo(first, second)).toEqual({ owner, repo })
    expect(fullNameOf({ owner, repo })).toBe(text.replace(/\.git$/i, ''))
  })

  test.each([
    'typo',
    'a/b/c',
    '/typo',
    'uDOS/',
    'uDOS/..',
    'uDOS/.git',
    ' uDOS/typo',
    'uDOS/ty po',
    '',
  ])('not %j', (text) => {
    expect(parseRepo(text)).toBeNull()
  })

  test.each([
    ['a/b', 'c'],
    ['a', 'b/c'],
    ['..', 'x'],
    ['', ''],
  ])('%j and %j lead no request elsewhere', (owner, repo) => {
    expect(() => checkedRepo(owner, repo)).toThrow(UsageError)
  })

  test('is the same in any case of its letters', () => {
    expect(isSameRepo({ owner: 'uDOS', repo: 'Typo' }, { owner: 'UDOS', repo: 'typo' })).toBe(true)
    expect(isSameRepo({ owner: 'uDOS', repo: 'typo' }, { owner: 'uDOS', repo: 'tipo' })).toBe(false)
  })
})

test.each([
  ['uDOS/plugins', 'uDOS plugins index.json'],
  ['uDOS/plugins.git', 'uDOS plugins index.json'],
  ['uDOS/plugins:lists/all.yaml', 'uDOS plugins lists/all.yaml'],
  ['uDOS/plugins:', null],
  ['uDOS/..:x', null],
  ['uDOS/..', null],
  ['uDOS', null],
  ['uDOS/plugins:a:b', null],
])('the index %j', (text, expected) => {
  const index = parseIndexName(text)
  expect(index && `${fullNameOf(index).replace('/', ' ')} ${index.path}`).toBe(expected)
})

test.each([
  ['tools', true],
  ['our tools', true],
  ['ünï', true],
  ['', false],
  ['..', false],
  ['.x', false],
  ['-x', false],
  ['a/b', false],
  ['a\\b', false],
  ['a\nb', false],
])('the group %j: %j', (name, expected) => {
  expect(groupPattern.test(name)).toBe(expected)
})
