import { describe, expect, it } from 'vitest'
import { ownDrafts } from '../../../src/releases/drafts/draft.js'
import {
  asPublished,
  isAsMarked,
  isMarked,
  isMarkedPublished,
  keepMark,
  longestMark,
  type Maker,
  ownerIn,
  withMark,
  withOwner,
  withoutMark,
} from '../../../src/releases/drafts/mark.js'
import { newOwner } from '../../../src/releases/drafts/owner.js'
import { testClock } from '../../support/clock.js'
import { draftOf, releaseOf, subjectOf } from '../support.js'

const maker: Maker = { verb: 'publish', subject: subjectOf() }
const tag = 'core-v1.2.0'
const notes = '## Features\n\n- one\n- two'
const marked = withMark(notes, maker, tag)

describe('a mark', () => {
  it('is at the end, and no part of what a person reads', () => {
    expect(marked).toMatch(
      /^## Features\n\n- one\n- two\n\n<!-- wizard:release \S+ [0-9a-f]{16} -->\n$/,
    )
    expect(withoutMark(marked)).toBe(notes)
    expect(withoutMark(notes)).toBe(notes)
  })

  it('takes the place of the one before', () => {
    const again = withMark(marked, { ...maker, verb: 'create' }, tag)
    expect(again.match(/wizard:release/g)).toHaveLength(1)
    expect(withMark(again, maker, tag)).toBe(marked)
  })

  it('leaves room for the longest tag', () => {
    const subject = subjectOf({ name: 'c'.repeat(50) })
    const long = withMark('', { verb: 'publish', subject }, `v${'é'.repeat(40)}`)
    expect(long.length).toBeLessThanOrEqual(longestMark)
  })

  it.each<[string, string, Maker, string, boolean]>([
    ['ours', marked, maker, tag, true],
    ['of another tag', marked, maker, 'core-v1.2.1', false],
    ['of another verb', marked, { ...maker, verb: 'create' }, tag, false],
    [
      'of another component',
      marked,
      { ...maker, subject: subjectOf({ name: 'kernel' }) },
      tag,
      false,
    ],
    [
      'of a repository',
      marked,
      { ...maker, subject: { ...subjectOf(), component: null } },
      tag,
      false,
    ],
    ['none', notes, maker, tag, false],
    ['none, of an empty body', '', maker, tag, false],
    ['in the middle of a text', `${marked}more`, maker, tag, false],
    ['as GitHub’s page sends it back', marked.replaceAll('\n', '\r\n'), maker, tag, true],
    ['with a tag of odd letters', withMark('', maker, 'a b -->'), maker, 'a b -->', true],
  ])('%s', (_name, body, who, which, expected) => {
    expect(isMarked(body, who, which)).toBe(expected)
  })

  it.each([
    ['as it was', marked, true],
    ['with line ends of a page', marked.replaceAll('\n', '\r\n'), true],
    ['with spaces around', `\n${marked}`, true],
    ['with another text', marked.replace('one', 'none'), false],
    ['without a mark', notes, false],
  ])('tells whether somebody changed the text: %s', (_name, body, expected) => {
    expect(isAsMarked(body)).toBe(expected)
  })

  it('stays where a person writes another text', () => {
    const edited = keepMark('mine', marked)
    expect([withoutMark(edited), isMarked(edited, maker, tag), isAsMarked(edited)]).toEqual([
      'mine',
      true,
      false,
    ])
    expect(keepMark('mine', notes)).toBe('mine')
    expect(keepMark(marked, notes)).toBe(notes)
  })
})

describe('asPublished', () => {
  it('stays in the mark through edits, and takes the place of a run', () => {
    const owner = newOwner({
      self: { host: 'a', boot: 'b', pid: 1, started: 'c' },
      clock: testClock(),
    })
    const published = asPublished(withMark(notes, maker, tag, owner))
    expect(published).toBe(asPublished(marked))
    expect([isMarkedPublished(published), isMarkedPublished(marked)]).toEqual([true, false])
    expect([withoutMark(published), ownerIn(published)]).toEqual([notes, null])
    expect([isMarked(published, maker, tag), isAsMarked(published)]).toEqual([true, true])
    expect(isMarkedPublished(keepMark('mine', published))).toBe(true)
    expect(withOwner(published, null)).toBe(marked)
  })

  it('leaves a text without a mark as it is', () => {
    expect(asPublished(notes)).toBe(notes)
    expect(isMarkedPublished(`${notes} published -->`)).toBe(false)
  })
})

describe('ownDrafts', () => {
  it('are those that bear our mark, the oldest first', () => {
    const [young, old] = [
      draftOf(tag, { id: 9, body: marked }),
      draftOf(tag, { id: 7, body: marked }),
    ]
    const others = [
      draftOf(tag, { body: notes }),
      draftOf('core-v1.3.0', { body: marked }),
      releaseOf(tag, { body: marked }),
      draftOf(tag, { body: withMark(notes, { ...maker, verb: 'create' }, tag) }),
    ]
    expect(ownDrafts([young, ...others, old], maker, tag)).toEqual([old, young])
    expect(ownDrafts(others, maker, tag)).toEqual([])
  })
})
