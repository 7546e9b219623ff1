import { describe, expect, it } from 'vitest'
import { PathError, UsageError } from '../../../src/base/errors.js'
import { isSumsFile, longestSums, parseSums } from '../../../src/releases/assets/checksums.js'
import { assertDistinct, assetName, contentTypeOf } from '../../../src/releases/assets/local.js'

describe('assetName', () => {
  it.each([
    ['/srv/dist/core.tcz', 'core.tcz'],
    ['core_1+2-3.tar.gz', 'core_1+2-3.tar.gz'],
    ['core 1.0 (final).iso', 'core.1.0.final.iso'],
    ['a..b', 'a.b'],
    ['a. .b', 'a.b'],
    ['grün.txt', 'gr.n.txt'],
    ['end.', 'end'],
    ['.env', 'default.env'],
    ['日本.txt', 'default.txt'],
    ['-x', '-x'],
  ])('%j is %j', (path, name) => {
    expect(assetName(path)).toBe(name)
  })

  it.each(['日本', '...', ' ', '/srv/(…)'])('of %j nothing is left', (path) => {
    expect(() => assetName(path)).toThrow(PathError)
  })
})

it.each([
  ['a.zip', 'application/zip'],
  ['a.json', 'application/json'],
  ['core.tcz', 'application/octet-stream'],
  ['core.tcz.ASC', 'application/pgp-signature'],
  ['core.minisig', 'text/plain'],
  ['SHA256SUMS', 'application/octet-stream'],
])('%s is %s', (name, type) => {
  expect(contentTypeOf(name)).toBe(type)
})

describe('assertDistinct', () => {
  const files = (...paths: string[]) =>
    paths.map((path) => ({ path: `/srv/${path}`, name: assetName(path) }))

  it('takes files of different names', () => {
    expect(() => assertDistinct(files('a.txt', 'b.txt', 'a.txt.asc'))).not.toThrow()
  })

  it.each([
    ['a/x.txt', 'b/x.txt'],
    ['A.txt', 'a.TXT'],
    ['a b.txt', 'a-b.txt', 'a.b.txt'],
  ])('refuses %s and %s', (...paths) => {
    const check = () => assertDistinct(files(...paths))
    expect(check).toThrow(UsageError)
    expect(check).toThrow(/\/srv\/\S.* would both be the asset/)
  })
})

describe('isSumsFile', () => {
  it.each([
    ['SHA256SUMS', true],
    ['sha256sum', true],
    ['sha256sums.txt', true],
    ['checksums.txt', true],
    ['checksum.txt', true],
    ['checksums-sha256.txt', true],
    ['core_1.2.0_checksums.txt', true],
    ['core.SHA256SUMS.txt', true],
    ['md5sums', false],
    ['SHA256SUMS.asc', false],
    ['sha512sums.txt', false],
    ['checksums', false],
    ['mychecksums.txt', false],
  ])('%s: %j', (name, expected) => {
    expect(isSumsFile({ name, size: 100 })).toBe(expected)
  })

  it('is none where it is too long', () => {
    const sized = (size: number) => isSumsFile({ name: 'SHA256SUMS', size })
    expect([sized(longestSums), sized(longestSums + 1)]).toEqual([true, false])
  })
})

describe('parseSums', () => {
  const [one, two] = ['1'.repeat(64), 'ab'.repeat(32)]

  it.each<[string, string, Record<string, string>]>([
    ['what sha256sum writes', `${one}  a.txt\n${two}  b c.txt\n`, { 'a.txt': one, 'b c.txt': two }],
    ['what it writes of binary files', `${one} *a.txt\n`, { 'a.txt': one }],
    ['what --tag writes', `SHA256 (a (1).txt) = ${one}\n`, { 'a (1).txt': one }],
    ['names with their folder', `${one}  ./a.txt\n${two}  d/b\n`, { 'a.txt': one, 'd/b': two }],
    ['capitals', `${two.toUpperCase()}  a.txt`, { 'a.txt': two }],
    ['the lines of Windows', `${one}  a.txt\r\n${two}  b\r\n`, { 'a.txt': one, b: two }],
    ['names that are escaped', `\\${one}  a\\nb\n`, { 'a\\nb': one }],
    ['nothing of other lines', `# sums\n\n${one}\n${one.slice(1)}  short\nMD5 (a) = ${one}\n`, {}],
    ['nothing of an empty file', '', {}],
    ['the last of two', `${one}  a\n${two}  a\n`, { a: two }],
  ])('reads %s', (_name, text, sums) => {
    expect(Object.fromEntries(parseSums(text))).toEqual(sums)
  })
})
