import { describe, expect, it } from 'vitest'
import { cutExcerpt, fairShares, sizeOf } from '../../../src/workflows/why/fair-cut.js'

describe('shares', () => {
  it.each([
    [[10, 20, 30], 100, [10, 20, 30]],
    [[100, 100, 100], 90, [30, 30, 30]],
    [[10, 100, 100], 90, [10, 40, 40]],
    [[100, 10, 1], 60, [49, 10, 1]],
    [[], 60, []],
  ])('of %j within %d', (sizes, total, shares) => {
    expect(fairShares(sizes, total)).toEqual(shares)
  })
})

describe('an excerpt', () => {
  const lines = ['a', 'b', 'c', 'ERROR', 'd', 'e', 'f', 'g']

  it('loses what is farthest from its error, first of what led to it', () => {
    const whole = { lines, error: 3 }
    expect(cutExcerpt(whole, 100)).toEqual(lines)
    expect(cutExcerpt(whole, 14)).toEqual(['c', 'ERROR', 'd', 'e', 'f'])
    expect(cutExcerpt(whole, 6)).toEqual(['ERROR'])
  })

  it('is within its bytes, whatever they are, and cuts no character', () => {
    const long = { lines: ['before', '日本語'.repeat(30), 'after'], error: 1 }
    for (let most = 0; most < 300; most++) {
      const cut = cutExcerpt(long, most)
      expect(sizeOf(cut)).toBeLessThanOrEqual(Math.max(most, 0))
      expect(cut.join('')).not.toContain('\ufffd')
    }
  })
})
