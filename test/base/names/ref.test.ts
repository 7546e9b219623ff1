import { describe, expect, test } from 'vitest'
import { isOid, isRefName, isShortRefName } from '../../../src/base/names/ref.js'
import { randomNumbers } from '../../git/support/histories.js'
import { inShell } from '../../support/shell.js'

const names = [
  'refs/heads/main',
  'refs/heads/feature/x-1.2_3',
  'refs/heads/grüße',
  'refs/heads/@',
  'refs/heads/a@b',
  'refs/heads/a{b}',
  'refs/heads/-dash',
  'refs/heads/a.b',
  'refs/heads/lock',
  'refs/heads/a.lock',
  'refs/heads/a.lock/b',
  'refs/heads/.a',
  'refs/heads/a/.b',
  'refs/heads/..',
  'refs/heads/a..b',
  'refs/heads/a.',
  'refs/heads/a/',
  'refs/heads//a',
  'refs/heads/a b',
  'refs/heads/a\tb',
  'refs/heads/a\nb',
  'refs/heads/a\x7f',
  'refs/heads/a~1',
  'refs/heads/a^',
  'refs/heads/a:b',
  'refs/heads/a?',
  'refs/heads/a*',
  'refs/heads/a[b',
  'refs/heads/a\\b',
  'refs/heads/a@{1}',
  'refs/../../etc/passwd',
]

const isGits = (name: string) => {
  try {
    inShell(['git', 'check-ref-format', name])
    return true
  } catch {
    return false
  }
}

describe('a full name of a ref', () => {
  test.each(names)('%j counts as git counts it', (name) => {
    expect(isRefName(name)).toBe(isGits(name))
  })

  test('random names of difficult pieces count as git counts them (seed 7)', {
    tags: ['deep'],
  }, () => {
    const random = randomNumbers(7)
    const pieces = ['a', 'B', '.', '/', '@', '{', '.lock', '-', '\\', ' ', '~', '*']
    for (let count = 0; count < 150; count++) {
      const length = 1 + Math.floor(random() * 5)
      const tail = Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)])
      const name = `refs/heads/${tail.join('')}`
      expect([name, isRefName(name)]).toEqual([name, isGits(name)])
    }
  })

  test.each(['HEAD', 'heads/main', '/etc/passwd', '', 'refs/', 'refs/heads/a\ufffd'])(
    '%j is no full name',
    (name) => {
      expect(isRefName(name)).toBe(false)
    },
  )
})

describe('a short name of a ref is what git takes behind refs/heads/', () => {
  const characters = [...'ab/.@{~^:?*[\\ -_#é\u007f\u0001', '..', '@{', '.lock', '//']
  const seed = 20_261_122
  test(`for random names (seed ${seed})`, { tags: ['deep'] }, () => {
    const random = randomNumbers(seed)
    const pick = () => characters[Math.floor(random() * characters.length)]
    const all = Array.from({ length: 150 }, () =>
      Array.from({ length: 1 + Math.floor(random() * 5) }, pick).join(''),
    )
    // git allows these two, but not as arguments.
    const ours = all.filter((name) => !name.startsWith('-') && name !== '@')
    for (const name of ours) {
      expect([name, isShortRefName(name)]).toEqual([name, isGits(`refs/heads/${name}`)])
    }
  })

  test.each(['main', 'v1.0', 'a/b', 'feature/x-1', 'ünïcode', 'a@b', '0'.repeat(40)])(
    '%s',
    (name) => {
      expect(isShortRefName(name)).toBe(true)
      expect(isGits(`refs/heads/${name}`)).toBe(true)
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
    'é'.repeat(123),
  ])('not %j', (name) => {
    expect(isShortRefName(name)).toBe(false)
  })
})

test.each([
  ['0123456789abcdef0123456789abcdef01234567', true],
  ['0'.repeat(40), true],
  ['0123456789ABCDEF0123456789ABCDEF01234567', false],
  ['0'.repeat(39), false],
  ['0'.repeat(41), false],
  ['0'.repeat(64), false],
  [`${'0'.repeat(40)}\n`, false],
  ['main', false],
  ['', false],
  [undefined, false],
  [null, false],
])('the full object id %j: %j', (text, expected) => {
  expect(isOid(text)).toBe(expected)
})
