import { expect, test } from 'vitest'
import { safeName } from '../../src/archive/names.js'

test.each([
  ['of ASCII', 'x'.repeat(300), 'x'.repeat(200)],
  ['of two bytes a letter', 'é'.repeat(200), 'é'.repeat(100)],
  ['cut within a letter', `x${'é'.repeat(200)}`, `x${'é'.repeat(99)}`],
  ['cut within an emoji', `${'🦊'.repeat(80)}x`, '🦊'.repeat(50)],
  ['that ends in a dot when it is cut', `${'x'.repeat(199)}.zip`, `${'x'.repeat(199)}_`],
])('a name that is too long %s is shortened to what a file system takes', (_, name, expected) => {
  expect(safeName(name, 'other')).toBe(expected)
  expect(Buffer.byteLength(expected)).toBeLessThanOrEqual(200)
})
