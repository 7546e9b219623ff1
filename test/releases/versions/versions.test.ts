import { describe, expect, it } from 'vitest'
import {
  compareVersions,
  isPrerelease,
  isVersion,
  latestStable,
  previousTag,
  tagOf,
  templateOf,
  versionIn,
  versionTags,
} from '../../../src/releases/versions/versions.js'

describe('isVersion', () => {
  it.each([
    ['1.2.3', true],
    ['0.0.0', true],
    ['1.2.3-rc.1', true],
    ['1.2.3+build.5', true],
    ['1.2.3-rc.1+build', true],
    ['v1.2.3', false],
    ['=1.2.3', false],
    [' 1.2.3', false],
    ['1.2.3\n', false],
    ['1.2', false],
    ['1.2.3.4', false],
    ['01.2.3', false],
    ['', false],
    ['latest', false],
  ])('%j: %j', (text, expected) => {
    expect(isVersion(text)).toBe(expected)
  })
})

describe('versionIn', () => {
  it.each([
    ['v{version}', 'v1.2.3', '1.2.3'],
    ['v{version}', '1.2.3', null],
    ['v{version}', 'v1.2', null],
    ['v{version}', 'vv1.2.3', null],
    ['{version}', '1.2.3-rc.1', '1.2.3-rc.1'],
    ['core-v{version}', 'core-v1.2.3', '1.2.3'],
    ['core-v{version}', 'other-v1.2.3', null],
    ['core-v{version}', 'CORE-v1.2.3', null],
    ['{version}-core', '1.2.3-core', '1.2.3'],
    ['{version}-core', '1.2.3', null],
    ['{version}/{version}', '1.2.3/1.2.3', null],
    ['latest', 'latest', null],
  ])('%j finds in %j: %j', (template, tag, version) => {
    expect(versionIn(template, tag)).toBe(version)
  })

  it.each(['v{version}', '{version}', 'core-v{version}', '{version}-core'])(
    'finds what tagOf put into %j',
    (template) => {
      for (const version of ['1.2.3', '0.0.1-alpha.1', '10.20.30+5']) {
        expect(versionIn(template, tagOf(template, version))).toBe(version)
      }
    },
  )
})

describe('templateOf', () => {
  it.each([
    ['v1.2.3', 'v{version}'],
    ['1.2.3', '{version}'],
    ['core-v1.2.3-rc.1', 'core-v{version}'],
    ['release/1.2.3+5', 'release/{version}'],
    ['v1.2', null],
    ['v1.2.3.4', null],
    ['latest', null],
    ['v1.2.3-', null],
  ])('%j: %j', (tag, template) => {
    expect(templateOf(tag)).toBe(template)
  })
})

it.each([
  ['1.0.0', '1.0.1', -1],
  ['1.10.0', '1.9.0', 1],
  ['1.0.0-rc.1', '1.0.0', -1],
  ['1.0.0-rc.10', '1.0.0-rc.9', 1],
  ['1.0.0+2', '1.0.0+1', 1],
  ['1.0.0', '1.0.0', 0],
])('%s against %s is %i', (one, other, order) => {
  expect(Math.sign(compareVersions(one, other))).toBe(order)
  expect(Math.sign(compareVersions(other, one))).toBe(order === 0 ? 0 : -order)
})

it('a version with a hyphen is a pre-release; build metadata makes none', () => {
  expect(['1.0.0-0', '1.0.0-rc.1+5', '1.0.0', '1.0.0+rc'].map(isPrerelease)).toEqual([
    true,
    true,
    false,
    false,
  ])
})

const tags = [
  'v1.0.0',
  'v1.1.0-rc.1',
  'v1.1.0',
  'v1.10.0',
  'v1.9.0',
  'v2.0.0-rc.1',
  'core-v9.0.0',
  'x',
]

it('lists the tags of a template, the highest version first', () => {
  expect(versionTags('v{version}', tags).map(({ version }) => version)).toEqual([
    '2.0.0-rc.1',
    '1.10.0',
    '1.9.0',
    '1.1.0',
    '1.1.0-rc.1',
    '1.0.0',
  ])
  expect(versionTags('core-v{version}', tags)).toEqual([{ tag: 'core-v9.0.0', version: '9.0.0' }])
})

describe('previousTag', () => {
  it.each<[string | null, string | null]>([
    // Its notes list everything since the previous stable version.
    ['1.10.0', 'v1.9.0'],
    ['1.1.0', 'v1.0.0'],
    // A pre-release follows any earlier version.
    ['1.1.0-rc.1', 'v1.0.0'],
    ['1.1.0-rc.2', 'v1.1.0-rc.1'],
    ['2.0.0', 'v1.10.0'],
    ['2.0.0-rc.2', 'v2.0.0-rc.1'],
    ['1.0.0', null],
    ['0.1.0', null],
    // A rebuild of the same version does not precede itself.
    ['1.0.0+1', null],
    // The unreleased changes follow the highest version of all.
    [null, 'v2.0.0-rc.1'],
  ])('of %j is %j', (version, tag) => {
    expect(previousTag('v{version}', version, tags)?.tag ?? null).toBe(tag)
  })
})

it('the latest stable one is the highest that is no pre-release', () => {
  expect(latestStable('v{version}', tags)?.tag).toBe('v1.10.0')
  expect(latestStable('v{version}', ['v1.0.0-rc.1', 'x'])).toBeNull()
})
