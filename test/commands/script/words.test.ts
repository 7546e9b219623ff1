import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/base/errors.js'
import { quoteWords, splitWords } from '../../../src/commands/script/words.js'
import { inShell } from '../../support/shell.js'

const values: Record<string, string> = {
  NAME: 'two words',
  EMPTY: '',
  GITHUB_TOKEN: 'ghs_x',
  QUOTED: `a"b'c$NAME`,
}

function lookup(name: string): string {
  const value = values[name]
  if (value === undefined) throw new UsageError(`${name} is not set`)
  return value
}

const texts = (line: string) => splitWords(line, lookup).map(({ text }) => text)

/** So that no linter takes it for a template. */
const braced = (name: string) => `$${'{'}${name}}`

describe('splitWords', () => {
  // `$NAME` outside quotes and `$$` are the differences to a shell.
  it.each([
    [''],
    ['   '],
    ['# all comment'],
    ['a b\tc   d'],
    ["a 'b  c' d"],
    ['a "b  c" d'],
    ['\'\' "" a\'\'b""c'],
    ['a#b #c d'],
    ["it's' one"],
    ['a\\ b \\# \\" \\\\ \\$NAME'],
    ['"a\\"b" "a\\\\b" "a\\xb" "\\$NAME"'],
    ["'$NAME \\n'"],
    [`"$NAME" "${braced('NAME')}s" "$EMPTY" x"$QUOTED"y`],
    [`"${braced('NAME')}" '"' "'"`],
    ['ä ö=ü 🧙'],
    ['a=b key:=[1,2] "key=a b"'],
  ])('reads %j as a shell does', (line) => {
    const script = `set -- ${line}\nfor word; do printf '%s\\0' "$word"; done`
    const out = inShell(['sh', '-c', script], { env: values }).toString().split('\0').slice(0, -1)
    expect(texts(line)).toEqual(out)
  })

  it.each([
    ['a $NAME b', ['a', 'two words', 'b']],
    ['$EMPTY a$EMPTY', ['', 'a']],
    ['$$ a$$NAME "$$"', ['$', 'a$NAME', '$']],
    ['[REPO|SYNC*a b*$NAME] --dry-run', ['[REPO|SYNC*a b*two words]', '--dry-run']],
    ['a [b', ['a', '[b']],
    ['a|b c;d', ['a|b', 'c;d']],
  ])('reads %j in its own way', (line, words) => {
    expect(texts(line)).toEqual(words)
  })

  it.each([
    ['"a', 'unclosed "'],
    ["a 'b", "unclosed '"],
    ['$'.concat('{NAME'), 'unclosed $'.concat('{')],
    ['[REPO|SYNC', 'unclosed ['],
    ['$NOPE', 'NOPE is not set'],
    [braced('a b'), `not a variable: ${braced('a b')}`],
    ['$1', 'not a variable: $1'],
    ['a | b', '| does nothing here, because no shell runs this'],
    ['a && b', '& does nothing here, because no shell runs this'],
    ['a > b', '> does nothing here, because no shell runs this'],
  ])('refuses %j', (line, message) => {
    expect(() => texts(line)).toThrow(message)
  })

  it('shows no secret', () => {
    const words = splitWords('a "x$GITHUB_TOKEN" $NAME', lookup)
    expect(words.map(({ text }) => text)).toEqual(['a', 'xghs_x', 'two words'])
    expect(quoteWords(words.map(({ shown }) => shown))).toBe("a x*** 'two words'")
  })

  it.each([[['a', "b'c", '', 'd e', '#f', '$g', '\\', '"', 'h*', '[i|j]']]])(
    'quotes %j so that it reads them back',
    (words) => {
      expect(texts(`x ${quoteWords(words)}`).slice(1)).toEqual(words)
    },
  )
})
