import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/base/errors.js'
import { parseShard } from '../../../src/commands/repo/sync-verbs.js'

describe('--shard', () => {
  it('is a share of how many', () => {
    expect(parseShard('2/4')).toEqual({ index: 2, count: 4 })
  })

  it.each(['0/4', '5/4', '1/0', '1', 'a/b', '1/4/2', '-1/4', ''])('refuses %j', (text) => {
    expect(() => parseShard(text)).toThrow(UsageError)
  })
})
