import { expect, it } from 'vitest'
import { withCleanup } from '../../../src/base/async/cleanup.js'

it('calls what was deferred, the latest first, one after another', async () => {
  const seen: string[] = []
  const result = await withCleanup(async (defer) => {
    defer(() => seen.push('first'))
    defer(async () => {
      seen.push('second begins')
      await Promise.resolve()
      seen.push('second ends')
    })
    seen.push('work')
    return 7
  })
  expect(result).toBe(7)
  expect(seen).toEqual(['work', 'second begins', 'second ends', 'first'])
})

it('cleans up after a failure, and throws the first error', async () => {
  const seen: string[] = []
  const failing = withCleanup(async (defer) => {
    defer(() => seen.push('first'))
    defer(() => Promise.reject(new Error('of the cleanup')))
    throw new Error('of the work')
  })
  await expect(failing).rejects.toThrow('of the work')
  expect(seen).toEqual(['first'])
})

it('throws the error of a cleanup, after all the others', async () => {
  const seen: string[] = []
  const failing = withCleanup(async (defer) => {
    defer(() => seen.push('first'))
    defer(() => {
      throw new Error('of the cleanup')
    })
  })
  await expect(failing).rejects.toThrow('of the cleanup')
  expect(seen).toEqual(['first'])
})
