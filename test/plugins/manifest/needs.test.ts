import { describe, expect, it } from 'vitest'
import { parseManifest } from '../../../src/plugins/manifest/parse.js'
import { isNewer } from '../../../src/plugins/newer.js'

const read = (more: Record<string, unknown>) =>
  parseManifest(JSON.stringify({ id: 'x', version: '1.0.0', license: 'MIT', ...more }), 'x', 'x')

const odd = 'dependencies.plugins: expected names of plugins, each optionally with @RANGE'

describe('what a plugin needs', () => {
  it.each<[string, unknown, [string, string | null][]]>([
    ['nothing', undefined, []],
    ['null', null, []],
    ['an empty object', {}, []],
    ['a list in the place of the whole', ['base'], [['base', null]]],
    [
      'ids',
      { plugins: ['base', ' other '] },
      [
        ['base', null],
        ['other', null],
      ],
    ],
    [
      'ranges',
      { plugins: ['base@^1.0.0', 'a@>=1 <2'] },
      [
        ['base', '^1.0.0'],
        ['a', '>=1 <2'],
      ],
    ],
    ['repositories', { plugins: ['uDOS/base@1.x'] }, [['uDOS/base', '1.x']]],
    [
      'ranges that say nothing',
      { plugins: ['a@*', 'b@latest', { id: 'c', version: '' }] },
      [
        ['a', null],
        ['b', null],
        ['c', null],
      ],
    ],
    [
      'ranges by id',
      { plugins: { base: '^1.0.0', other: null } },
      [
        ['base', '^1.0.0'],
        ['other', null],
      ],
    ],
    [
      'objects',
      {
        plugins: [
          { id: 'a', version: '1' },
          { name: 'b', range: '2' },
          { repository: 'u/c' },
          { repo: 'u/d' },
        ],
      },
      [
        ['a', '1'],
        ['b', '2'],
        ['u/c', null],
        ['u/d', null],
      ],
    ],
    ['containers alone', { containers: ['redis'] }, []],
  ])('%s', (_name, dependencies, expected) => {
    const { needs, warnings } = read({ dependencies })
    expect(needs.map(({ name, range }) => [name, range])).toEqual(expected)
    expect(warnings).toEqual([])
  })

  it.each<[unknown, string[]]>([
    [{ plugins: 'base' }, []],
    [{ plugins: ['good', 7, null, '', '../x', 'a/b/c', '@scope/x'] }, ['good']],
    [{ plugins: { good: '1', '../x': '1' } }, ['good']],
    [{ plugins: [{}, { id: 7 }, { id: 'good' }] }, ['good']],
  ])('takes of %j what can be a name, and warns', (dependencies, names) => {
    const { needs, warnings } = read({ dependencies })
    expect(needs.map(({ name }) => name)).toEqual(names)
    expect(warnings).toEqual([odd])
  })
})

describe('where a plugin runs', () => {
  it.each<[Record<string, unknown>, string | null, string[]]>([
    [{}, null, []],
    [{ udos_version: '>=1.2' }, '>=1.2', []],
    [{ runtime: { requires: '>=1.2' } }, '>=1.2', []],
    [{ runtime: { requires: { udos: '1.2' } } }, '1.2', []],
    [{ runtime: { requires: { uDOS: '1.2' } } }, '1.2', []],
    [{ udos_version: '2', runtime: { requires: '1' } }, '2', []],
    [{ runtime: { platform: 'linux' } }, null, ['linux']],
    [{ runtime: { platform: ['linux', 'darwin'] } }, null, ['linux', 'darwin']],
    [{ runtime: 'node' }, null, []],
  ])('%j', (more, udos, platforms) => {
    const { requirements, warnings } = read(more)
    expect([requirements, warnings]).toEqual([{ udos, platforms }, []])
  })

  it('warns of what is no range', () => {
    const { requirements, warnings } = read({ udos_version: 'soon' })
    expect(requirements.udos).toBe('soon')
    expect(warnings).toEqual(['udos_version: soon is not a range of versions'])
  })
})

describe('isNewer', () => {
  const of = (tag: string, version: string | null = null) => ({ tag, version })
  it.each<[string, ReturnType<typeof of>, ReturnType<typeof of>, boolean]>([
    ['a higher tag', of('v1.10.0'), of('v1.9.0'), true],
    ['a lower tag', of('v1.9.0'), of('v1.10.0'), false],
    [
      'the same tag, whatever its manifest says',
      of('stable', '2.0.0'),
      of('stable', '1.0.0'),
      false,
    ],
    ['the same version at another tag', of('1.0.0'), of('v1.0.0'), false],
    ['a version after its pre-release', of('v1.0.0'), of('v1.0.0-rc.1'), true],
    ['a pre-release before its version', of('v1.0.0-rc.1'), of('v1.0.0'), false],
    ['a component’s tag', of('core-v1.2.0'), of('core-v1.1.0'), true],
    ['a name with digits before the version', of('h264-v10.0.0'), of('h264-v9.0.0'), true],
    ['a lower one of such a name', of('h264-v9.0.0'), of('h264-v10.0.0'), false],
    ['such a name without a v', of('k8s/10.0.0'), of('k8s/9.0.0'), true],
    ['a pre-release with numbers of its own', of('v1-rc.2.3'), of('v1-rc.1.9'), true],
    ['a date', of('20260104'), of('20251231'), true],
    ['a shorter version', of('v2'), of('v1.9.9'), true],
    ['by the manifest where the tag names none', of('stable', '2.0.0'), of('old', '1.0.0'), true],
    ['the manifest is older', of('stable', '1.0.0'), of('old', '2.0.0'), false],
    ['what can’t be compared', of('blue'), of('green'), true],
  ])('%s', (_name, one, other, expected) => {
    expect(isNewer(one, other)).toBe(expected)
  })
})
