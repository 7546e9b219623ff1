import { describe, expect, it } from 'vitest'
import { readPayload, textAt, valueAt } from '../../../src/webhooks/routing/payload.js'

const bytes = (text: string) => Buffer.from(text)
const json = 'application/json'

describe('a payload', () => {
  it.each<[string, Buffer, string | undefined]>([
    ['as JSON', bytes('{"a":1}'), json],
    ['with a charset', bytes('{"a":1}'), 'application/json; charset=utf-8'],
    ['with a byte order mark', Buffer.from('\ufeff{"a":1}'), json],
    ['with odd white space', bytes(' {\r\n\t"a" : 1 }\n'), json],
    ['as a form', bytes('payload=%7B%22a%22%3A1%7D'), 'application/x-www-form-urlencoded'],
    ['without a type', bytes('{"a":1}'), undefined],
  ])('%s', (_, body, type) => {
    expect(readPayload(body, type)).toEqual({ payload: { a: 1 } })
  })

  it('may hold invalid UTF-8, which is replaced', () => {
    const body = Buffer.concat([bytes('{"a":"'), Buffer.from([0xff, 0xfe]), bytes('"}')])
    expect(readPayload(body, json)).toEqual({ payload: { a: '\ufffd\ufffd' } })
  })

  it('may be nested in 200 levels', () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
    expect(readPayload(bytes(nested(200)), json)).toHaveProperty('payload')
    expect(readPayload(bytes(nested(201)), json)).toEqual({
      fault: 'the payload is nested deeper than 200 levels',
    })
    expect(readPayload(bytes('['.repeat(1_000_000)), json)).toHaveProperty('fault')
  })

  it('may hold brackets and quotes in its texts', () => {
    const text = JSON.stringify({ a: `${'['.repeat(500)}"\\` })
    expect(readPayload(bytes(text), json)).toHaveProperty('payload')
  })

  it('may hold texts of megabytes, with and without escapes', { tags: ['deep'] }, () => {
    for (const part of ['x', '\\"', '{']) {
      const text = JSON.stringify({ a: part.repeat(8 * 1024 * 1024) })
      expect(readPayload(bytes(text), json)).toHaveProperty('payload')
    }
    expect(readPayload(bytes(`{"a":"${'x'.repeat(8 * 1024 * 1024)}`), json)).toHaveProperty('fault')
  })

  it.each<[string, string, string, RegExp]>([
    ['nothing', '', json, /not JSON/],
    ['half of it', '{"a":', json, /not JSON/],
    ['a list', '[]', json, /not a JSON object/],
    ['null', 'null', json, /not a JSON object/],
    ['a text', '"x"', json, /not a JSON object/],
    ['a form without it', 'a=b', 'application/x-www-form-urlencoded', /no payload/],
  ])('that is %s is said', (_, text, type, fault) => {
    expect(readPayload(bytes(text), type)).toEqual({ fault: expect.stringMatching(fault) })
  })
})

describe('a value', () => {
  const payload = {
    a: { b: [{ c: 'x' }] },
    n: 1,
    empty: '',
    ...JSON.parse('{"__proto__":{"x":1}}'),
  }

  it.each<[string, unknown]>([
    ['a.b.0.c', 'x'],
    ['n', 1],
    ['a.b.1.c', undefined],
    ['n.x', undefined],
    ['constructor', undefined],
    ['a.b.length.constructor', undefined],
    ['toString', undefined],
  ])('at %s', (path, value) => {
    expect(valueAt(payload, path)).toEqual(value)
  })

  it('is never inherited', () => {
    const hostile = JSON.parse('{"__proto__":{"repository":{"full_name":"uDOS/core"}}}')
    expect(valueAt(hostile, 'repository.full_name')).toBeUndefined()
    expect(valueAt(hostile, '__proto__.repository.full_name')).toBe('uDOS/core')
  })

  it('is a text only if it is one', () => {
    expect([textAt(payload, 'a.b.0.c'), textAt(payload, 'n'), textAt(payload, 'empty')]).toEqual([
      'x',
      null,
      null,
    ])
  })
})
