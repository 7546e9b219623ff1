import { expect, test } from 'vitest'
import { ConfigError } from '../../src/base/errors.js'
import { parseJson } from '../../src/base/json.js'

test('a byte order mark is no part of the value', () => {
  expect(parseJson('\ufeff{"a":1}', 'x.json')).toEqual({ a: 1 })
})

test.each([
  ['', 'x.json is not valid JSON: it ends too early'],
  ['{"a": [1, 2', 'x.json is not valid JSON'],
  ['{\n  "a": 1,\n  b: 2\n}\n', 'x.json is not valid JSON: line 3, column 3'],
  ['\ufeff{"a": 1,\r\n"b": 2,,}', 'x.json is not valid JSON: line 2, column 8'],
  ['hello', 'x.json is not valid JSON'],
])('%j is refused with the place', (text, message) => {
  const parse = () => parseJson(text, 'x.json', { hint: 'mend it' })
  expect(parse).toThrow(ConfigError)
  expect(parse).toThrow(expect.objectContaining({ hint: 'mend it' }))
  expect(parse).toThrow(message)
  expect(parse).not.toThrow(/token|JSON at position|property name/)
})
