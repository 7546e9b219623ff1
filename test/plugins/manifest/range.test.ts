import { describe, expect, it } from 'vitest'
import { readMinimum, readRange, readVersion } from '../../../src/plugins/manifest/range.js'

const isIn = (version: string, range: string) => {
  const read = readVersion(version)
  return read === null ? null : (readRange(range)?.includes(read) ?? null)
}

describe('a range', () => {
  it.each<[string, string[], string[]]>([
    // npm: https://github.com/npm/node-semver#ranges
    ['^1.3.0', ['1.3.0', '1.9.0'], ['1.2.9', '2.0.0']],
    ['~1.3', ['1.3.9'], ['1.4.0']],
    ['>=1 <2 || 3', ['1.0.0', '3.1.0'], ['2.0.0']],
    ['>=20250101', ['20260104'], ['20241231']],
    // https://peps.python.org/pep-0440/#version-specifiers
    ['>=1.0,<1.4', ['1.0.0', '1.3.9'], ['0.9.0', '1.4.0']],
    ['>=1.0, <1.4', ['1.3.9'], ['1.4.0']],
    ['udos>=1.0', ['1.0.0'], ['0.9.9']],
    ['uDOS >=1.0,<2', ['1.9.0'], ['2.0.0']],
    ['~=1.4', ['1.4.0', '1.9.0'], ['1.3.9', '2.0.0']],
    ['~=1.4.2', ['1.4.2', '1.4.9'], ['1.4.1', '1.5.0']],
    ['==1.4', ['1.4.0'], ['1.4.1']],
    ['==1.4.*', ['1.4.0', '1.4.9'], ['1.5.0']],
    ['!=1.5,>=1', ['1.5.1', '1.4.0'], ['1.5.0', '0.9.0']],
    ['>=1,!=1.5.*', ['1.4.0'], ['1.5.3']],
    ['^1.2,!=1.3', ['1.2.0'], ['1.3.0', '2.0.0']],
  ])('%s', (range, inside, outside) => {
    expect(inside.map((version) => isIn(version, range))).toEqual(inside.map(() => true))
    expect(outside.map((version) => isIn(version, range))).toEqual(outside.map(() => false))
  })

  it.each(['garbage!!', '', 'udos', '>=1.0,soon', '>=', '~=1', '==,', '>=1.0;<2', '1.0,'])(
    'is not %j',
    (text) => expect(readRange(text)).toBeNull(),
  )

  it('of uDOS is a minimum, if it is just a version', () => {
    for (const text of ['1.2', 'v1.2', 'udos 1.2']) {
      const range = readMinimum(text)
      const answers = ['1.2.0', '9.0.0', '1.1.9'].map((one) => {
        const version = readVersion(one)
        return version !== null && range?.includes(version)
      })
      expect(answers).toEqual([true, true, false])
    }
  })
})

it('a version need not be semantic, but begins with a number', () => {
  expect(['1.2', 'v1.2.3', '20260104'].map((text) => readVersion(text)?.version)).toEqual([
    ...['1.2.0', '1.2.3', '20260104.0.0'],
  ])
  expect(['odd', 'abc1.2', ''].map(readVersion)).toEqual([null, null, null])
})
