import { describe, expect, it } from 'vitest'
import { type LatestChoice, makeLatestOf } from '../../../src/releases/versions/latest.js'
import { componentOf, draftOf, releaseOf } from '../support.js'

const none = { component: null }
const core = { component: componentOf() }
const stable = (tag: string) => ({ tag, prerelease: false })

describe('makeLatestOf', () => {
  const releases = [
    releaseOf('v1.0.0'),
    releaseOf('v1.1.0'),
    draftOf('v3.0.0'),
    releaseOf('v2.0.0', { prerelease: true }),
    releaseOf('core-v5.0.0'),
    releaseOf('odd'),
  ]

  it.each<[string, LatestChoice, typeof none | typeof core, string, string]>([
    ['the highest stable version', 'auto', none, 'v1.2.0', 'true'],
    // GitHub would mark the last published release.
    ['a mend of an older version', 'auto', none, 'v1.0.1', 'false'],
    ['the same again, which is there', 'auto', none, 'v1.1.0', 'true'],
    ['a version that says it is a pre-release', 'auto', none, 'v1.2.0-rc.1', 'false'],
    ['no version', 'auto', none, 'nightly', 'legacy'],
    ['what somebody says', 'true', none, 'v0.0.1', 'true'],
    ['what somebody says', 'false', none, 'v9.0.0', 'false'],
    ['the highest of its component', 'auto', core, 'core-v5.0.1', 'true'],
    ['a lower one of its component', 'auto', core, 'core-v1.0.0', 'false'],
    ['a tag that is not of its component', 'auto', core, 'v9.0.0', 'legacy'],
    ['the first of its template', 'auto', none, 'plug-1.0.0', 'true'],
  ])('%s (%s)', (_name, choice, subject, tag, expected) => {
    expect(makeLatestOf(choice, subject, stable(tag), releases)).toBe(expected)
  })

  it('a pre-release never is, and nobody can say so', () => {
    const made = { tag: 'v9.0.0', prerelease: true }
    expect(makeLatestOf('auto', none, made, releases)).toBe('false')
    expect(makeLatestOf('false', none, made, releases)).toBe('false')
    expect(() => makeLatestOf('true', none, made, releases)).toThrow('v9.0.0 is a pre-release')
  })

  it('nor is a draft, before it is published', () => {
    const made = { tag: 'v9.0.0', prerelease: false, draft: true }
    expect(makeLatestOf('auto', none, made, releases)).toBe('true')
    expect(() => makeLatestOf('true', none, made, releases)).toThrow('v9.0.0 is a draft')
  })
})
