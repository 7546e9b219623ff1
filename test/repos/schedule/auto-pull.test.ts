import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/base/errors.js'
import { autoPull } from '../../../src/repos/schedule/auto-pull.js'

const never = () => Promise.reject(new Error('no time has passed'))

describe('autoPull', () => {
  it.each(['', 'daily', '* * * *', '0 0 0 * * *', '61 * * * *', '0 0 L * *', '0 0 30 2 *'])(
    'takes no %j for a time',
    (interval) => {
      expect(() => autoPull(never, interval, {})).toThrow(UsageError)
      expect(() => autoPull(never, interval, {})).toThrow(JSON.stringify(interval))
    },
  )

  it('says when it pulls next, and never again once it is stopped', () => {
    const pulling = autoPull(never, '30 4 * * *', {})
    const next = pulling.next()
    expect([next?.getHours(), next?.getMinutes(), next?.getSeconds()]).toEqual([4, 30, 0])
    pulling.stop()
    expect(pulling.next()).toBeNull()
    pulling.stop()
  })

  it('leaves no listener at its signal behind', () => {
    const { signal } = new AbortController()
    const pulling = autoPull(never, '@daily', { signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    pulling.stop()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('is stopped by its signal, even by one that was aborted before', () => {
    const controller = new AbortController()
    const pulling = autoPull(never, '@daily', { signal: controller.signal })
    expect(pulling.next()).not.toBeNull()
    controller.abort()
    expect(pulling.next()).toBeNull()
    expect(autoPull(never, '@daily', { signal: controller.signal }).next()).toBeNull()
  })
})
