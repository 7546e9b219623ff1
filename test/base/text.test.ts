import { describe, expect, it } from 'vitest'
import { formatBytes, oneLine, plainText } from '../../src/base/text.js'

describe('plainText', () => {
  it.each([
    ['a window title', 'a\u001b]0;owned\u0007b', 'ab'],
    ['a link', '\u001b]8;;https://evil.example\u001b\\here\u001b]8;;\u001b\\', 'here'],
    ['the clipboard, in 8 bits', 'a\u009d52;c;cm0gLXJm\u009cb', 'ab'],
    ['a device control string', 'a\u001bP$q q\u001b\\b', 'ab'],
    ['cursor moves and erasing', 'a\u001b[2J\u001b[1;1H\u009b2Kb', 'ab'],
    ['private modes', '\u001b[?1049ha', 'a'],
    ['charsets and a reset', '\u001b(0a\u001bcb', 'ab'],
    ['an unfinished sequence', 'a\u001b', 'a'],
    ['a carriage return over the line', 'ok\rfake', 'okfake'],
    ['backspaces and bells', 'a\b\u0007b', 'ab'],
    ['bidi overrides', 'gpj\u202e.exe\u2066', 'gpj.exe'],
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
  ])('drops %s', (_what, text, plain) => {
    expect(plainText(text)).toBe(plain)
  })

  it('keeps lines, tabs, emoji and scripts of all kinds', () => {
    const text = 'a\tb\nc 👩‍💻 日本 עברית'
    expect(plainText(text)).toBe(text)
    expect(plainText('a\r\nb')).toBe('a\nb')
  })

  it('keeps colours alone where asked, and closes them', () => {
    expect(plainText('\u001b[31mred\u001b[2J\u001b]0;t\u0007', { colours: true })).toBe(
      '\u001b[31mred\u001b[0m',
    )
    expect(plainText('plain', { colours: true })).toBe('plain')
  })

  it('is quick with a hostile text', { tags: ['deep'] }, () => {
    for (const start of ['\u001b]', '\u009d', '\u001bP', '\u0090', '\u001b[', '\u009b']) {
      const before = performance.now()
      plainText(start.repeat(200_000))
      expect(performance.now() - before).toBeLessThan(2_000)
    }
  })
})

describe('oneLine', () => {
  it('is one line, and no longer than asked', () => {
    expect(oneLine(' a\n\tb\u2028c ')).toBe('a b c')
    expect(oneLine('abcdef', 4)).toBe('abc…')
  })
})

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 kB'],
    [1_258_291, '1.2 MB'],
    [1_048_000, '1023 kB'],
    [1_048_575, '1.0 MB'],
    [5 * 1024 ** 4, '5.0 TB'],
  ])('%d', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})
