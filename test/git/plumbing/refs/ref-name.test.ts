import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { isRefName } from '../../../../src/git/plumbing/refs/index.js'
import { randomNumbers } from '../../support/histories.js'

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
    execFileSync('git', ['check-ref-format', name], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test.each(names)('%j counts as git counts it', (name) => {
  expect(isRefName(name)).toBe(isGits(name))
})

test('random names of difficult pieces count as git counts them (seed 7)', () => {
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
