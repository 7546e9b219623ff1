import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { onAbort } from '../../../src/base/async/on-abort.js'
import { abortable } from '../../../src/base/async/once.js'
import { systemClock } from '../../../src/base/clock.js'

const warnings: Error[] = []
const note = (warning: Error) => void warnings.push(warning)
beforeEach(() => void process.on('warning', note))
afterEach(() => {
  process.off('warning', note)
  warnings.splice(0)
})

const many = Array.from({ length: 30 }, (_, index) => index)

describe('onAbort', () => {
  it('calls all who wait, in their order, with one listener at the signal', () => {
    const stop = new AbortController()
    const called: number[] = []
    for (const index of many) onAbort(stop.signal, () => called.push(index))
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1)
    stop.abort()
    expect(called).toEqual(many)
  })

  it('calls nobody who has left, and leaves no listener behind the last', () => {
    const stop = new AbortController()
    const called: number[] = []
    const leave = many.map((index) => onAbort(stop.signal, () => called.push(index)))
    for (const one of leave.slice(1)) one()
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1)
    leave[0]?.()
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
    onAbort(stop.signal, () => called.push(-1))
    leave[0]?.()
    stop.abort()
    expect(called).toEqual([-1])
  })

  it('calls at once where the signal is aborted already', () => {
    let calls = 0
    onAbort(AbortSignal.abort(), () => calls++)
    expect(calls).toBe(1)
  })

  it('keeps node from warning of waits, shared work and pauses with one signal', async () => {
    const stop = new AbortController()
    const shared = new Promise<never>(() => {})
    const waits = many.flatMap(() => [
      abortable(shared, stop.signal),
      systemClock.sleep(60_000, stop.signal),
    ])
    const settled = Promise.allSettled(waits)
    stop.abort(new Error('enough'))
    const reasons = (await settled).map((one) => one.status === 'rejected' && one.reason.message)
    expect(new Set(reasons)).toEqual(new Set(['enough']))
    await setImmediate()
    expect(warnings).toEqual([])
  })
})
