import { wrapText } from '../../base/text.js'

/** What a page of the manual consists of, in man(7): https://man.openbsd.org/man.7 */
export interface RoffPage {
  /** `wizard-repo-sync` */
  name: string
  section: 1 | 7
  summary: string
  version: string
  body: string[]
}

/** The day on which the words of the manual were last gone over. */
const edited = '2026-11-30'

export function roffPage({ name, section, summary, version, body }: RoffPage): string {
  const lines = [
    `.TH ${name.toUpperCase()} ${section} "${edited}" "wizard ${version}" "wizard manual"`,
    '.SH NAME',
    `${escaped(name)} \\- ${escaped(summary)}`,
    ...body.filter((text, at) => text !== '.PP' || !/^\.S[HS] /.test(body[at - 1] ?? '')),
  ]
  return `${lines.join('\n')}\n`
}

export const heading = (title: string): string => `.SH ${escaped(title.toUpperCase())}`

export const subheading = (title: string): string => `.SS ${escaped(title)}`

/** A text of its own, which the formatter fills. */
export const paragraph = (text: string): string[] => ['.PP', ...filled(text)]

/** Terms in bold, each with what it means. */
export const termList = (rows: (readonly [term: string, meaning: string])[]): string[] =>
  rows.flatMap(([term, meaning]) => ['.TP', bold(term), ...filled(meaning)])

/** A command line as it is typed. */
export const literal = (command: string): string[] => [
  '.PP',
  '.RS 4',
  '.nf',
  line(command),
  '.fi',
  '.RE',
]

export const bold = (text: string): string => `\\fB${escaped(text)}\\fR`

const filled = (text: string): string[] => wrapText(text, 72).map(line)

/** A line that does not begin with a request. */
const line = (text: string): string => escaped(text).replace(/^(?=[.'])/, '\\&')

const special: Record<string, string> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '"': '\\(dq',
  '^': '\\(ha',
  '~': '\\(ti',
}

/** Escapes text for roff, as ASCII. */
function escaped(text: string): string {
  return [...text.replaceAll(/\s+/g, ' ')]
    .map((char) => special[char] ?? (char >= '\u0080' ? codePoint(char) : char))
    .join('')
}

const codePoint = (char: string) =>
  `\\[u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`
