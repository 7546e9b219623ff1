import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { describe, expect, test } from 'vitest'
import {
  inlineMarkdown,
  refInAddress,
  withoutAddresses,
} from '../../../src/releases/notes/markdown.js'
import { randomNumbers } from '../../git/support/histories.js'

const page = 'https://host/o/r'

/** Rendered by GitHub's own dialect, including raw HTML. */
const html = (markdown: string): string =>
  micromark(markdown, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
  })

const textIn = (shown: string): string =>
  shown
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')

describe('inlineMarkdown', () => {
  test.each([
    ['<script>alert(1)</script>', '\\<script\\>alert(1)\\</script\\>'],
    ['close --> and open <!-- x', 'close --\\> and open \\<!-- x'],
    ['[click](http://evil.example)', '\\[click\\](<http://evil.example>)'],
    ['![x][y] | a', '!\\[x\\]\\[y\\] \\| a'],
    [
      '*bold* _slanted_ ~~gone~~ snake_case',
      '\\*bold\\* \\_slanted\\_ \\~\\~gone\\~\\~ snake_case',
    ],
    ['# no heading', '\\# no heading'],
    ['- no list', '\\- no list'],
    ['1. no list', '1\\. no list'],
    ['2026 is a year', '2026 is a year'],
    ['> no quote', '\\> no quote'],
    ['take `a*b` and a ` alone', 'take `a*b` and a \\` alone'],
    ['two\nlines\r\nand\ttabs', 'two lines and tabs'],
    ['\u001b[31mred\u001b[0m \u202eright', 'red right'],
    ['costs $5 &amp; more & less', 'costs \\$5 \\&amp; more & less'],
    ['thanks @octocat and @angular/core', 'thanks `@octocat` and `@angular/core`'],
    [
      'bump lodash@4.17.21 and actions/checkout@v4.1.1',
      'bump lodash@4.17.21 and actions/checkout@v4.1.1',
    ],
    ['fixes #12, (#13)', `fixes [#12](${page}/issues/12), ([#13](${page}/issues/13))`],
    ['no picture !#12', `no picture \\![#12](${page}/issues/12)`],
    ['of another: o/r#12 and #12abc', 'of another: o/r#12 and #12abc'],
    ['see https://a.example/x_y?z=1#top.', 'see <https://a.example/x_y?z=1#top>.'],
    ['ask mail@corp.example or <a+b@c.co.uk>', 'ask (address hidden) or \\<(address hidden)\\>'],
    ['https://me:secret@host.example/x', '(address hidden)/x'],
  ])('%j', (text, markdown) => {
    expect(inlineMarkdown(text, page)).toBe(markdown)
  })

  test('is cut where it is long', () => {
    expect(inlineMarkdown('word '.repeat(100), page, 20)).toBe('word word word word…')
  })

  test('whatever is written, a line of a list shows just that', { tags: ['deep'] }, () => {
    const random = randomNumbers(7)
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
    for (let round = 0; round < 4000; round++) {
      const words = Array.from({ length: 1 + Math.floor(random() * 8) }, () => pick(pieces))
      const text = words.join('')
      const shown = html(`- ${inlineMarkdown(text, page)} (x)`)
      const tags = Array.from(shown.matchAll(/<(\/?[a-z0-9]+)[^>]*>/g), (match) => match[1])
      expect(tags.filter((tag) => !/^\/?(?:a|code)$/.test(tag ?? ''), text)).toEqual([
        ...['ul', 'li', '/li', '/ul'],
      ])
      const plain = (one: string) => one.replace(/[\s`]+/g, '')
      if (!/@\S*\./.test(text)) expect(plain(textIn(shown)), text).toBe(plain(`${text}(x)`))
    }
  })
})

const pieces = [
  ...['`', '``', '```', '*', '**', '_', '~', '~~~', '[', ']', '(', ')', '<', '>', '|', '$', '&'],
  ...['&lt;', '&#35;', '#', '# ', '@me', '@', '#12', '!', '[x]', '[^1]', '[a]: b', '- ', '+ '],
  ...['1. ', '2) ', '---', '===', '\\', '\\\\', ' ', 'a', 'b1', 'é', 'http://e.x/a_b', 'https://'],
  ...['www.a.b', '<!--', '-->', '<b>', '</b>', '://', '"', "'", ':', '\t', '\n', '.'],
]

test.each([
  ['me@host.example', '(address hidden)'],
  ['"odd name"@host.example', '"odd (address hidden)'],
  ['grüße@bücher.example', '(address hidden)'],
  ['a@[127.0.0.1]', '(address hidden)'],
  ['x@y', 'x@y'],
])('withoutAddresses(%j)', (text, expected) => {
  expect(withoutAddresses(text)).toBe(expected)
})

test('a tag in an address keeps its slashes', () => {
  expect(refInAddress('core/v1.0.0+a b#')).toBe('core/v1.0.0%2Ba%20b%23')
})
