import { expect, test } from 'vitest'
import { CorruptObjectError } from '../../../../src/git/errors.js'
import { applyDelta } from '../../../../src/git/plumbing/objects/delta.js'

/** Seven bits per byte, the lowest first. */
function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 0x80, ...varint(Math.floor(value / 128))]
}

const base = Buffer.from('0123456789')
const delta = (result: number, ...code: number[]) =>
  Buffer.from([...varint(base.length), ...varint(result), ...code])

test('copies and inserts', () => {
  expect(applyDelta(base, delta(6, 0x91, 2, 3, 3, 97, 98, 99), 'x').toString()).toBe('234abc')
})

test.each([
  ['a result beyond what the machine can hold', delta(2 ** 40, 0x91, 0, 1)],
  ['a result beyond what its instructions can make', delta(2 ** 31, 0x91, 0, 1)],
  ['a longer result', delta(2, 0x91, 0, 1)],
  ['a shorter result', delta(1, 0x91, 0, 2)],
  ['a copy from behind the base', delta(2, 0x91, 9, 2)],
  ['an insertion that is cut', delta(3, 3, 97)],
  ['another base', Buffer.from([3, 1, 0x91, 0, 1])],
])('%s is refused in words', (_, given) => {
  expect(() => applyDelta(base, given, 'object 1')).toThrow(CorruptObjectError)
  expect(() => applyDelta(base, given, 'object 1')).toThrow('object 1: its delta does not match')
})
