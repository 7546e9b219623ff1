import { expect, test } from 'vitest'
import { encodingOf } from '../../../../src/git/plumbing/convert/encoding.js'
import { inShell } from '../../../support/shell.js'

/** What iconv makes of the bytes that mean something; it leaves out the others. */
const iconv = (from: string, to: string, input: Buffer) =>
  inShell(['sh', '-c', `iconv -c -f ${from} -t ${to} || true`], { cwd: '/', input })

const parts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16].map((part) => `ISO-8859-${part}`)
const pages = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((page) => `windows-125${page}`)

const bytes = Array.from({ length: 256 }, (_, byte) => Buffer.of(byte))

test.each([...parts, ...pages])('%s has the characters of iconv', (name) => {
  const encoding = encodingOf(name)
  expect(encoding).not.toBeNull()
  const decoded = bytes.map((byte) => encoding!.decode(byte))
  // By lines, so that no character is joined with the one before it.
  const lines = Buffer.concat(bytes.flatMap((byte) => [byte, Buffer.from('\n')]))
  const theirs = iconv(name.replace('windows-', 'CP'), 'UTF-8', lines).toString().split('\n')
  // The line feed itself makes one line more.
  const ours = decoded.flatMap((character, byte) =>
    byte === 10 ? ['', ''] : [character?.toString() ?? ''],
  )
  expect(ours).toEqual(theirs.slice(0, -1))
  for (const [byte, character] of decoded.entries()) {
    if (character !== null) expect(encoding!.encode(character)).toEqual(Buffer.of(byte))
  }
})

test('Shift_JIS has the characters of iconv', () => {
  const encoding = encodingOf('shift-jis')!
  const pairs: Buffer[] = bytes.filter((_, byte) => byte !== 10)
  for (let lead = 0x81; lead <= 0xea; lead = lead === 0x9f ? 0xe0 : lead + 1) {
    for (let trail = 0x40; trail <= 0xfc; trail++) pairs.push(Buffer.of(lead, trail))
  }
  const known = pairs.filter((pair) => encoding.decode(pair) !== null)
  expect(known.length).toBeGreaterThan(6900)
  const lines = Buffer.concat(known.flatMap((pair) => [pair, Buffer.from('\n')]))
  const theirs = iconv('SHIFT_JIS', 'UTF-8', lines)
  expect(encoding.decode(lines)!.equals(theirs)).toBe(true)
  expect(encoding.encode(theirs)!.equals(lines)).toBe(true)
})

const text = Buffer.from('ä\n\u{1f600}\ufeff')
const names: [string, string][] = [
  ['UTF-16', 'UTF-16'],
  ['utf16le', 'UTF-16LE'],
  ['UTF-16BE', 'UTF-16BE'],
  ['UTF-32', 'UTF-32'],
  ['UTF_32LE', 'UTF-32LE'],
  ['UTF-32BE', 'UTF-32BE'],
]

test.each(names)('%s is written as iconv writes it, and read', (name, theirs) => {
  const encoding = encodingOf(name)!
  const encoded = iconv('UTF-8', theirs, text)
  expect(encoding.encode(text)).toEqual(encoded)
  expect(encoding.decode(encoded)).toEqual(text)
})

test.each<[string, string, Buffer]>([
  ['UTF-16 without a mark', 'UTF-16', Buffer.from('a\0')],
  ['UTF-16LE with one', 'UTF-16LE', Buffer.from([0xff, 0xfe, 0x61, 0])],
  ['half a character', 'UTF-16LE', Buffer.from('a')],
  ['half a pair', 'UTF-16LE', Buffer.from([0x3d, 0xd8])],
  ['no character', 'UTF-32LE', Buffer.from([0, 0, 0x11, 0])],
  ['a byte that means nothing', 'windows-1252', Buffer.of(0x81)],
  ['the first half of two bytes', 'Shift_JIS', Buffer.of(0x81)],
])('%s is not read', (_, name, data) => {
  expect(encodingOf(name)!.decode(data)).toBeNull()
})

test('UTF-16LE-BOM is read with a mark or without, and written with one', () => {
  const encoding = encodingOf('UTF-16LE-BOM')!
  expect(encoding.decode(Buffer.from('a\0'))).toEqual(Buffer.from('a'))
  expect(encoding.decode(Buffer.from([0xfe, 0xff, 0, 0x61]))).toEqual(Buffer.from('a'))
  expect(encoding.encode(Buffer.from('a'))).toEqual(Buffer.from([0xff, 0xfe, 0x61, 0]))
})

test.each(['windows-1252', 'Shift_JIS', 'UTF-16'])('%s takes no invalid UTF-8', (name) => {
  expect(encodingOf(name)!.encode(Buffer.from([0x61, 0xff]))).toBeNull()
})

test('what a set does not have is not written', () => {
  expect(encodingOf('ISO-8859-1')!.encode(Buffer.from('€'))).toBeNull()
})

test.each(['', 'x', 'EUC-JP', 'ISO-8859-12', 'UTF-16BE-BOM', 'UTF-7', '__proto__'])(
  '%j is unknown',
  (name) => {
    expect(encodingOf(name)).toBeNull()
  },
)
