import { beforeEach, describe, expect, it } from 'vitest'
import { Shared } from '../../../src/base/async/shared.js'

let closed: string[]
let shared: Shared<{ name: string }>
beforeEach(() => {
  closed = []
  shared = new Shared({
    keepUnused: 2,
    async close({ name }) {
      closed.push(name)
      if (name === 'broken') throw new Error('it can not be closed')
    },
  })
})

const lease = (name: string) => shared.lease(name, () => ({ name }))
const useOnce = (...names: string[]) => {
  for (const name of names) lease(name).release()
}

describe('Shared', () => {
  it('makes a value once for all its users', () => {
    expect(lease('one').value).toBe(lease('one').value)
  })

  it('keeps the unused ones that were leased last', () => {
    useOnce('one', 'two', 'one', 'three', 'four')
    expect(closed).toEqual(['two', 'one'])
    const { value } = lease('four')
    useOnce('four')
    expect(lease('four').value).toBe(value)
  })

  it('closes nothing that one of its users still has, however often another releases it', () => {
    const [mine, other] = [lease('mine'), lease('mine')]
    other.release()
    other.release()
    useOnce('one', 'two', 'three', 'four')
    expect(closed).not.toContain('mine')
    mine.release()
    useOnce('five', 'six')
    expect(closed).toContain('mine')
  })

  it('closes all in the end, whether they are used or not, and ignores failures', async () => {
    lease('used')
    useOnce('broken', 'unused')
    await shared.close()
    expect(closed).toEqual(['used', 'broken', 'unused'])
  })
})
