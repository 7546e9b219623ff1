import { describe, expect, it } from 'vitest'
import { byteBudget } from '../../../src/webhooks/receive/body.js'

const mebibyte = 1024 ** 2

describe('the bytes in hand', () => {
  it('are bounded, and come back', () => {
    const budget = byteBudget(100)
    expect(budget.take(60, 60)).toBe(true)
    expect(budget.take(60, 60)).toBe(false)
    expect(budget.take(40, 40)).toBe(true)
    budget.release(60)
    expect(budget.take(60, 60)).toBe(true)
  })

  it('have a last quarter that only small bodies may use', () => {
    const budget = byteBudget(8 * mebibyte)
    expect(budget.take(6 * mebibyte, 6 * mebibyte)).toBe(true)
    expect(budget.take(1, mebibyte + 1)).toBe(false)
    expect(budget.take(mebibyte, mebibyte)).toBe(true)
    expect(budget.take(mebibyte, mebibyte)).toBe(true)
    expect(budget.take(1, 1)).toBe(false)
  })
})
