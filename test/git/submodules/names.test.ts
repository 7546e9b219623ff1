import { describe, expect, it } from 'vitest'
import { assertSafeNames } from '../../../src/git/submodules/names.js'

const names = (...all: string[]) => all.map((name, index) => ({ name, path: `p${index}` }))

describe('the names of submodules', () => {
  it.each([
    [['lib']],
    [['libs/a', 'libs/b']],
    [['a..b', '..c', 'd..']],
    [['libs', 'libs-2', 'lib']],
    [['the lib']],
  ])('%j are safe', (all) => {
    expect(() => assertSafeNames(names(...all))).not.toThrow()
  })

  it.each<[string[], RegExp]>([
    [[''], /p0: its name .* is not a valid folder name/],
    [['./.'], /p0: its name .* is not a valid folder name/],
    [['..'], /p0: its name leaves/],
    [['ok', 'a/../b'], /p1: its name leaves/],
    [['..\\a'], /p0: its name leaves/],
    [['a\u0000b'], /p0: its name contains a control character/],
    [['a', 'a/b'], /p1: .* inside that of p0/],
    [['a/b/c', 'a'], /p0: .* inside that of p1/],
    [['a', 'A'], /p1: .* inside that of p0/],
    [['a', 'a. .'], /p1: .* inside that of p0/],
    [['a', 'a\u200c/hooks'], /p1: .* inside that of p0/],
    [['a', 'a\\modules\\b'], /p1: .* inside that of p0/],
    [['a', './/a'], /p1: .* inside that of p0/],
  ])('%j are refused', (all, says) => {
    expect(() => assertSafeNames(names(...all))).toThrow(says)
  })
})
