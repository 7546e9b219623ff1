import { describe, expect, it } from 'vitest'
import { ConflictError } from '../../src/base/errors.js'
import { releaseWithTag, tagFor } from '../../src/releases/find.js'
import { releaseInfoOf } from '../../src/releases/info.js'
import { assetOf, componentOf, draftOf, head, releaseOf } from './support.js'

describe('tagFor', () => {
  const core = { component: componentOf() }
  const none = { component: null }
  const known = new Set(['v1.0.0', '2.0.0', 'core-v1.0.0', '3.0.0', 'odd'])

  it.each<[string, typeof core | typeof none, string, string]>([
    ['a tag that is there', none, 'odd', 'odd'],
    ['a version, by the usual template', none, '1.0.0', 'v1.0.0'],
    ['a version that is a tag itself', none, '3.0.0', '3.0.0'],
    ['a version that may be a tag to come', none, '9.0.0', '9.0.0'],
    ['what is neither', none, 'nightly', 'nightly'],
    ['a component’s version', core, '1.0.0', 'core-v1.0.0'],
    ['a component’s version that is not there', core, '9.0.0', 'core-v9.0.0'],
    ['a component’s tag', core, 'core-v9.0.0', 'core-v9.0.0'],
    ['a tag that is there, though it is none of the component', core, '2.0.0', '2.0.0'],
    ['a version with a v, which is no version', core, 'v9.0.0', 'v9.0.0'],
  ])('%s', (_name, subject, text, tag) => {
    expect(tagFor(subject, text, known)).toBe(tag)
  })
})

describe('releaseWithTag', () => {
  const [published, draft] = [releaseOf('v1'), draftOf('v1')]

  it.each([
    ['none', [releaseOf('v2')], null],
    ['the published one', [draft, published, draftOf('v1')], published],
    ['the only draft', [draft, releaseOf('v2')], draft],
  ])('is %s', (_name, releases, expected) => {
    expect(releaseWithTag(releases, 'v1')).toBe(expected)
  })

  it('is not known where there are several drafts', () => {
    const drafts = [draftOf('v1', { id: 7 }), draftOf('v1', { id: 9 })]
    expect(() => releaseWithTag(drafts, 'v1')).toThrow(ConflictError)
    expect(() => releaseWithTag(drafts, 'v1')).toThrow('v1 has 2 drafts: 7, 9')
  })
})

describe('releaseInfoOf', () => {
  it('shows the assets that are whole, with what became of them', () => {
    const assets = [assetOf('a'), assetOf('cut', { state: 'starter' }), assetOf('b')]
    const statuses = new Map([['b', 'replaced' as const]])
    const info = releaseInfoOf(releaseOf('v1.0.0', { assets }), { latest: true, statuses })
    expect(info.assets.map(({ name, status }) => [name, status])).toEqual([
      ['a', 'uploaded'],
      ['b', 'replaced'],
    ])
    expect(info).toMatchObject({ tag: 'v1.0.0', latest: true, draft: false })
    expect(info.upload_url).toBe('https://uploads.github.com/repos/uDOS/engine/releases/1/assets')
  })

  it.each<[string, string | null, string | null | undefined, string | null]>([
    ['of its tag', 'main', head, head],
    ['that it was given', head, undefined, head],
    ['that is not known', 'main', undefined, null],
    ['that is not known either', null, null, null],
  ])('has the commit %s', (_name, target_commitish, commit, expected) => {
    const info = releaseInfoOf(releaseOf('v1', { target_commitish }), { latest: false, commit })
    expect(info.target_commit).toBe(expected)
  })
})
