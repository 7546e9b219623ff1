import { describe, expect, test } from 'vitest'
import { changeOf } from '../../../src/releases/notes/change.js'
import type { NoteCommit } from '../../../src/releases/notes/history.js'
import { personOf } from '../../../src/releases/notes/people.js'

const commit = (message: string, parents = 1): NoteCommit => ({
  oid: 'a'.repeat(40),
  parents: Array.from({ length: parents }, (_, index) => `${index}`.repeat(40)),
  time: 0,
  author: personOf({ name: 'Mona', email: 'm@corp.example' }),
  message,
})

const change = (message: string, pull: number | null = null) => changeOf(commit(message), pull)

describe('a commit belongs to', () => {
  test.each([
    ['feat: add it', 'features', null, 'add it'],
    ['feat(api): add it', 'features', 'api', 'add it'],
    ['Feature(API v2): add it', 'features', 'API v2', 'add it'],
    ['fix: mend it', 'fixes', null, 'mend it'],
    ['FIX(@a/b): mend it', 'fixes', '@a/b', 'mend it'],
    ['perf: faster', 'performance', null, 'faster'],
    ['docs(readme): say it', 'others', null, 'docs(readme): say it'],
    ['Tidy up', 'others', null, 'Tidy up'],
    ['feat:no space', 'others', null, 'feat:no space'],
    ['feat(api: broken', 'others', null, 'feat(api: broken'],
    ['feat: ', 'others', null, 'feat:'],
    ['feat!: change it', 'breaking', null, 'change it'],
    ['refactor(core)!: change it', 'breaking', 'core', 'change it'],
    ['chore: x\n\nBREAKING CHANGE: y', 'breaking', null, 'x'],
    ['Odd words\n\nBREAKING-CHANGE: y', 'breaking', null, 'Odd words'],
    ['', 'others', null, '(no message)'],
    ['\n\n  \n', 'others', null, '(no message)'],
    ['feat: windows\r\n\r\nBREAKING CHANGE: y\r\n', 'breaking', null, 'windows'],
  ])('%j: %s', (message, group, scope, subject) => {
    expect(change(message)).toMatchObject({ group, scope, subject })
  })
})

test.each([
  [
    'feat: a\n\nBREAKING CHANGE: one\ngoes on\n\nand on\nSigned-off-by: M <m@h.example>',
    ['one\ngoes on\n\nand on'],
  ],
  ['feat: a\n\nBREAKING CHANGE: one\nBREAKING CHANGE: two #2\nRefs: #1', ['one', 'two #2']],
  ['feat: a\n\nBREAKING CHANGES:\n\n- one\n- two', ['- one\n- two']],
  ['feat: a\n\nthis is no BREAKING CHANGE: at all', []],
  ['feat!: a', []],
])('what breaks, of %j', (message, breaking) => {
  expect(change(message).breaking).toEqual(breaking)
})

test.each([
  ['feat: a (#12)', null, 12, 'a'],
  ['feat: a (#12)', 7, 12, 'a'],
  ['fix: a (#3) (#12)', null, 12, 'a (#3)'],
  ['fix: a #3', 7, 7, 'a #3'],
  ['fix: a', null, null, 'a'],
])('the pull request of %j in a merge of %s', (message, merged, pull, subject) => {
  expect(change(message, merged)).toMatchObject({ pull, subject })
})

test.each([
  ['Merge branch x', 2, true],
  ['Merge pull request #12 from a/b\n\nTitle', 2, true],
  ['feat: merged by hand', 2, false],
  ['Merge x\n\nBREAKING CHANGE: all', 2, false],
  ['Merge, but with one parent', 1, false],
])('%j with %i parents says nothing but that it is a merge: %s', (message, parents, isMerge) => {
  expect(changeOf(commit(message, parents), null).isMerge).toBe(isMerge)
})

test.each([
  ['Revert "feat: a"\n\nThis reverts commit 0123456789abcdef.', { oid: '0123456789abcdef' }],
  ['revert: feat: a\n\nBecause.\nThis reverts commit 0123456.\n', { oid: '0123456' }],
  ['Revert "feat: a (#1)" (#2)\n\nReverts o/r#1', { pull: 1 }],
  ['fix: a\n\nThis reverts commit 0123456.', null],
])('what %j takes back', (message, reverts) => {
  expect(change(message).reverts).toEqual(reverts)
})

test.each([
  ['of one line', `feat: x\n\n${'#'.repeat(200_000)}`],
  ['of blanks', `revert: ${' \n'.repeat(100_000)}x`],
  ['of footers', `feat: x\n\n${'BREAKING CHANGE:\n'.repeat(50_000)}`],
  ['of quotes', `Revert ${'" '.repeat(100_000)}`],
])('a message %s that goes on for ever is read within a moment', (_what, message) => {
  const begun = performance.now()
  changeOf(commit(message), null)
  expect(performance.now() - begun).toBeLessThan(2000)
})
