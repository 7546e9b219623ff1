import { describe, expect, it } from 'vitest'
import { GitHubNotFoundError, UsageError } from '../../../src/base/errors.js'
import { notesRangeOf } from '../../../src/releases/notes/range.js'
import { componentOf, head } from '../support.js'

const plain = { owner: 'uDOS', repo: 'engine', component: null }
const core = { ...plain, component: componentOf() }
const tags = ['v1.0.0', 'v1.1.0', 'v1.2.0-rc.1', 'core-v1.0.0', 'core-v1.1.0', 'nightly']

type Asked = Partial<Parameters<typeof notesRangeOf>[0]>
const range = (asked: Asked, there: string[] = tags) => {
  const { tag, previous } = notesRangeOf({ subject: plain, tag: null, ...asked }, new Set(there))
  return [previous, tag]
}

describe('notes go', () => {
  it.each<[string, Asked, string[], [string | null, string | null]]>([
    ['from the version before', { tag: 'v1.1.0' }, tags, ['v1.0.0', 'v1.1.0']],
    ['from the beginning', { tag: 'v1.0.0' }, tags, [null, 'v1.0.0']],
    ['to a version', { tag: '1.1.0' }, tags, ['v1.0.0', 'v1.1.0']],
    ['to what is not released yet', {}, tags, ['v1.2.0-rc.1', null]],
    ['to a tag that is to come', { tag: 'v1.3.0', commit: head }, tags, ['v1.1.0', 'v1.3.0']],
    ['to a version that is to come', { tag: 'v9.0.0' }, tags, ['v1.1.0', 'v9.0.0']],
    ['to one below others, for a backport', { tag: 'v1.0.1' }, tags, ['v1.0.0', 'v1.0.1']],
    ['to a bare version that is to come', { tag: '1.3.0' }, tags, ['v1.1.0', 'v1.3.0']],
    ['to one where no tag has a v', { tag: '3.0.0' }, ['2.0.0'], ['2.0.0', '3.0.0']],
    ['to the first version of all', { tag: 'v1.0.0' }, [], [null, 'v1.0.0']],
    [
      'to a version of a component that is to come',
      { subject: core, tag: '1.2.0', previous: '1.0.0' },
      tags,
      ['core-v1.0.0', 'core-v1.2.0'],
    ],
    [
      'to the version that a component names next',
      { subject: core, next: '1.2.0' },
      tags,
      ['core-v1.1.0', 'core-v1.2.0'],
    ],
    [
      'past the version that it names, once that is there',
      { subject: core, next: '1.1.0' },
      tags,
      ['core-v1.1.0', null],
    ],
    ['of a component', { subject: core, tag: '1.1.0' }, tags, ['core-v1.0.0', 'core-v1.1.0']],
    ['of what a component has not released', { subject: core }, tags, ['core-v1.1.0', null]],
    [
      'from where somebody says',
      { tag: 'v1.1.0', previous: 'nightly' },
      tags,
      ['nightly', 'v1.1.0'],
    ],
    [
      'from a version that somebody says',
      { tag: 'nightly', previous: '1.0.0' },
      tags,
      ['v1.0.0', 'nightly'],
    ],
    [
      'to the first tag of all, whatever it is called',
      { tag: 'nightly' },
      ['nightly'],
      [null, 'nightly'],
    ],
    ['by bare versions, where no tag has a v', {}, ['1.0.0', '2.0.0', 'x'], ['2.0.0', null]],
    ['from nothing, where there is nothing', {}, [], [null, null]],
    [
      'by the template of its own tag',
      { tag: 'core-v1.1.0' },
      tags,
      ['core-v1.0.0', 'core-v1.1.0'],
    ],
  ])('%s', (_name, asked, there, expected) => {
    expect(range(asked, there)).toEqual(expected)
  })

  it.each<[string, Asked, string[], string, string]>([
    [
      'a tag',
      { tag: 'nine' },
      tags,
      'uDOS/engine has no tag nine',
      'available: v1.2.0-rc.1, v1.1.0, v1.0.0, core-v1.0.0, core-v1.1.0, nightly',
    ],
    ['a tag before', { tag: 'v1.1.0', previous: 'v0' }, tags, 'has no tag v0', 'available: '],
    [
      'a component’s tag',
      { subject: core, tag: 'v9.0.0' },
      tags,
      'core has no tag v9.0.0',
      'available: core-v1.1.0, core-v1.0.0',
    ],
    ['any tag', { tag: 'v1' }, [], 'uDOS/engine has no tag v1', 'it has no tags yet'],
    [
      'one of many',
      { tag: 'x' },
      Array.from({ length: 12 }, (_, at) => `v1.0.${at}`),
      'no tag x',
      ', and 2 more',
    ],
  ])('nowhere without %s', (_name, asked, there, message, hint) => {
    const look = () => range(asked, there)
    expect(look).toThrow(GitHubNotFoundError)
    expect(look).toThrow(message)
    expect(look).toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }))
  })

  it.each<[Asked, boolean]>([
    [{ tag: 'v1.1.0' }, false],
    [{ tag: 'v1.3.0' }, true],
    [{ tag: 'v1.3.0', commit: head }, true],
    [{}, false],
  ])('of %j say whether the tag is to come', (asked, expected) => {
    const { isPlanned } = notesRangeOf({ subject: plain, tag: null, ...asked }, new Set(tags))
    expect(isPlanned).toBe(expected)
  })

  it('nowhere where nobody knows what was before', () => {
    const look = () => range({ tag: 'nightly' })
    expect(look).toThrow(UsageError)
    expect(look).toThrow('nightly contains no version, so the tag before it is unknown')
  })
})
