import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import {
  groupPattern,
  isFullName,
  isRefName,
  repoPattern,
} from '../../../src/base/names/repository.js'

/** git's own judgement; it knows nothing of our refusing what begins with `refs/` or `-`. */
function gitTakes(name: string): boolean {
  try {
    execFileSync('git', ['check-ref-format', `refs/heads/${name}`], {
      env: {
        PATH: process.env.PATH,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_SYSTEM: '/dev/null',
      },
      stdio: 'ignore',
    })
    return true
  } catch {
    return false
  }
}

describe('a ref’s name is what git takes', () => {
  const characters = [...'ab/.@{~^:?*[\\ -_#é\u007f\u0001', '..', '@{', '.lock', '//']
  const seed = 20_261_122
  test(`for random names (seed ${seed})`, () => {
    const random = generator(seed)
    const names = Array.from({ length: 150 }, () =>
      Array.from({ length: 1 + random(5) }, () => characters[random(characters.length)]).join(''),
    )
    const ours = names.filter((name) => !name.startsWith('-') && name !== '@')
    for (const name of ours) expect([name, isRefName(name)]).toEqual([name, gitTakes(name)])
  })

  test.each(['main', 'v1.0', 'a/b', 'feature/x-1', 'ünïcode', 'a@b', '0'.repeat(40)])(
    '%s',
    (name) => {
      expect(isRefName(name)).toBe(true)
      expect(gitTakes(name)).toBe(true)
    },
  )

  test.each([
    '',
    '.',
    '.x',
    'a/.b',
    'x.lock',
    'a/x.lock/b',
    '@',
    '-x',
    'refs/heads/x',
    'x'.repeat(245),
  ])('not %j', (name) => {
    expect(isRefName(name)).toBe(false)
  })
})

describe('a repository’s name', () => {
  test.each(['x', '.github', 'a.b', '-', '_', 'X'.repeat(100), '...', 'git'])('%s', (name) => {
    expect(repoPattern.test(name)).toBe(true)
  })
  test.each(['', '.', '..', 'a b', 'a/b', 'x.git', 'x.GIT', 'x.wiki', 'é', 'X'.repeat(101), 'x\n'])(
    'not %j',
    (name) => {
      expect(repoPattern.test(name)).toBe(false)
    },
  )
})

test('a full name', () => {
  expect(isFullName('octo_corp', 'x')).toBe(true)
  expect(isFullName('-o', 'x')).toBe(false)
  expect(isFullName('o'.repeat(40), 'x')).toBe(false)
  expect(isFullName('o\n', 'x')).toBe(false)
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

/** mulberry32 */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
