// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of YAML, not of JavaScript
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { ConfigError } from '../../../src/base/errors.js'
import { parseFault } from '../../../src/config/yaml/parse-fault.js'
import { parseYamlText } from '../../../src/config/yaml/yaml-file.js'

/** What people write, and the message after the file's name. */
const wrong: [text: string, message: string][] = [
  ['a: *\n', '1:4: a text that begins with "*" or "&" needs quotes'],
  ['a: &\n  b', '1:4: a text that begins with "*" or "&" needs quotes'],
  [
    '%FOO x\n---\na: 1',
    '1:1: a line that begins with "%" is a YAML directive, and this one is unknown',
  ],
  [
    'a: "\\q"',
    '1:5: an invalid escape sequence; write "\\\\" for a backslash, or use single quotes',
  ],
  ['a: [1, 2\nb: 3', '2:1: a "}" or "]" is missing, or its lines are not indented enough'],
  ['a: {b: 1\n', '2:1: a "}" or "]" is missing, or its lines are not indented enough'],
  ['a:\n  b: 1\n c: 2', '3:1: the indentation does not match the lines before it'],
  ['a: b: c\n', '1:4: a second ":" in one entry; a text with ": " in it needs quotes'],
  ['a: - b\n', '1:4: "-" is not expected here'],
  ['a: @x\n', '1:4: a text that begins with "@" needs quotes'],
  ['a: `x`', '1:4: a text that begins with "`" needs quotes'],
  ['a: %x', '1:4: a text that begins with "%" needs quotes'],
  ['a: }\n', '1:4: "}" is not expected here'],
  ['a\nb: 1\n', '1:1: expected ":" and a value after the key, on the same line'],
  ['a: &x &y 1', '1:7: a second anchor; expected one'],
  ['a: !!str !!int 1', '1:10: a tag; expected none'],
  ['a: "x\n', '2:1: an unclosed quote'],
  ["a: 'x\n", '2:1: an unclosed quote'],
  ['a: {b, , c}\n', '1:8: "," is not expected here'],
  ['a: "x" secret\n', '1:8: this text is not expected here'],
  ['a: | secret\n  y', '1:6: this text is not expected here'],
  ['- - a\n -b\n', '2:1: expected "-" before the entry, in the column of the others'],
  ['--- a: 1\n', '1:5: the document must begin on the line after "---"'],
  ['"b"#c: 1', '1:4: a space is missing here'],
  ['a: !x!y z\n', '1:4: a tag; expected none'],
  ['a: &x *y\n', '1:7: an alias takes no anchor and no tag'],
  [`${'x'.repeat(1100)}: 1`, '1:1: the key is longer than 1,024 characters'],
  ['a: {b: - c}\n', '1:8: inside of braces and brackets a list is written [a, b], a map {a: b}'],
  ['a: {${NAME}: 1}', '1:6: a comma is missing between two entries'],
  ['token: secret y: z\n', '1:8: a second ":" in one entry; a text with ": " in it needs quotes'],
]

describe('a file that is not YAML', () => {
  test.each(wrong)('%j is in wizard’s words', (text, message) => {
    const { errors, warnings } = parseDocument(text, { prettyErrors: false })
    let thrown: unknown
    try {
      parseYamlText(text, '/x/repos.yaml', 'repos.yaml')
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(ConfigError)
    const { message: found, details } = thrown as ConfigError
    expect(found).toBe(`repos.yaml:${message}`)
    const all = [found, ...details.map((one) => one.message)].join('\n')
    for (const library of [...errors, ...warnings]) expect(all).not.toContain(library.message)
    expect(all).not.toContain('secret')
  })

  /** All codes of the library, as its types have them. */
  const types = readFileSync(
    createRequire(import.meta.url)
      .resolve('yaml')
      .replace('index.js', 'errors.d.ts'),
    'utf8',
  )
  const codes = [...(/type ErrorCode = ([^;]+);/.exec(types)?.[1] ?? '').matchAll(/'(\w+)'/g)]

  test.each(codes.map(([, code]) => code))('%s has words for any sentence', (code) => {
    const sentence = 'a sentence of the library'
    const given = { code: code as 'IMPOSSIBLE', message: sentence, pos: [0, 1] as [number, number] }
    for (const text of ['', 'secret', '{']) {
      const { message } = parseFault(given, text)
      expect(message).toMatch(/^.{5,100}$/)
      expect(message).not.toMatch(/sentence|undefined/)
    }
  })
})
