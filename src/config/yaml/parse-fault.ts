import type { ErrorCode, YAMLParseError, YAMLWarning } from 'yaml'
import { oneLine } from '../../base/text.js'

export interface ParseFault {
  message: string
  hint: string | undefined
}

type Given = Pick<YAMLParseError | YAMLWarning, 'code' | 'message' | 'pos'>

/**
 * An error of the yaml library in wizard's words. The library's sentences are about its parser, and
 * quote the file, which may hold a token.
 */
export function parseFault({ code, message, pos: [offset] }: Given, text: string): ParseFault {
  const rest = text.slice(offset)
  const words = wordsOf[code]
  const own = typeof words === 'string' ? words : words?.(rest, message)
  const isCutOff = vague.has(code)
  const hint = text.startsWith('${', offset - 1) ? unquoted : isCutOff ? malformed : undefined
  return { message: own ?? 'invalid YAML', hint }
}

const malformed = 'it is not valid YAML, or was cut off here'
const unquoted = `inside of braces and brackets a variable needs quotes: "\${NAME}"`

/** The file may be wrong before the place, or may be cut off. */
const vague = new Set<ErrorCode>([
  'BAD_INDENT',
  'IMPOSSIBLE',
  'MISSING_CHAR',
  'MULTILINE_IMPLICIT_KEY',
  'UNEXPECTED_TOKEN',
])

const noTag = 'a tag; expected none'
const aliasName = 'a text that begins with "*" or "&" needs quotes'

const wordsOf: Record<ErrorCode, string | ((rest: string, message: string) => string)> = {
  ALIAS_PROPS: 'an alias takes no anchor and no tag',
  BAD_ALIAS: aliasName,
  BAD_COLLECTION_TYPE: noTag,
  BAD_DIRECTIVE: 'a line that begins with "%" is a YAML directive, and this one is unknown',
  BAD_DQ_ESCAPE: `an invalid escape sequence; write "\\\\" for a backslash, or use single quotes`,
  BAD_INDENT: (_, message) =>
    /^Flow/.test(message) ? unclosed : 'the indentation does not match the lines before it',
  BAD_PROP_ORDER: 'an anchor or a tag must follow the "-", "?" or ":" of its value',
  BAD_SCALAR_START: (rest) =>
    `a text that begins with ${JSON.stringify(rest.slice(0, 1))} needs quotes`,
  BLOCK_AS_IMPLICIT_KEY: 'a second ":" in one entry; a text with ": " in it needs quotes',
  BLOCK_IN_FLOW: 'inside of braces and brackets a list is written [a, b], a map {a: b}',
  DUPLICATE_KEY: (rest) =>
    `${JSON.stringify(oneLine(rest.split(/[:\n]/, 1)[0] ?? '', 60))} appears twice`,
  IMPOSSIBLE: 'invalid YAML',
  KEY_OVER_1024_CHARS: 'the key is longer than 1,024 characters',
  MISSING_CHAR: (_, message) => missing.find(([about]) => about.test(message))?.[1] ?? unclosed,
  MULTILINE_IMPLICIT_KEY: 'expected ":" and a value after the key, on the same line',
  MULTIPLE_ANCHORS: 'a second anchor; expected one',
  MULTIPLE_DOCS: 'a second document begins; expected one',
  MULTIPLE_TAGS: noTag,
  NON_STRING_KEY: 'expected a name as key',
  RESOURCE_EXHAUSTION: 'nested too deeply',
  TAB_AS_INDENT: 'a tab; expected spaces for indentation',
  TAG_RESOLVE_FAILED: noTag,
  UNEXPECTED_TOKEN: (rest) => {
    const mark = /^[-,:?[\]{}|>#*&]/.exec(rest)?.[0]
    return `${mark === undefined ? 'this text' : JSON.stringify(mark)} is not expected here`
  },
}

const unclosed = 'a "}" or "]" is missing, or its lines are not indented enough'

/** What is missing, by the library's message: its code is the same for all. */
const missing: [about: RegExp, words: string][] = [
  [/closing/, 'an unclosed quote'],
  [/^Missing ,/, 'a comma is missing between two entries'],
  [/map values/, 'expected ":" and a value after the key'],
  [/white ?space/i, 'a space is missing here'],
  [/^Sequence item/, 'expected "-" before the entry, in the column of the others'],
  [/directives-end/, 'the document must begin on the line after "---"'],
]
