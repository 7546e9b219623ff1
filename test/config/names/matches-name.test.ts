import { describe, expect, it } from 'vitest'
import { matchesName } from '../../../src/config/names/matches-name.js'

describe('matchesName', () => {
  it('takes braces and sets, and names that begin with a dot', () => {
    expect(matchesName({ match: ['{a,b}-[0-9]'], exclude: [] }, 'B-3')).toBe(true)
    expect(matchesName({ match: ['*'], exclude: [] }, '.github')).toBe(true)
    expect(matchesName({ match: ['*'], exclude: ['.git*'] }, '.github')).toBe(false)
  })
})
