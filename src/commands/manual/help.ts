import { wrapText } from '../../base/text.js'
import { type FlagSpec, type FlagSpecs, globalFlags, valueName } from '../flags.js'
import { type ArgumentSpec, type Noun, titleOf, type Verb } from '../verb.js'
import type { Topic } from './topics.js'

/** Columns. */
const width = 80
/** The widest left column; a longer entry has its summary below it. */
const mostLeft = 40

/** `wizard --help`, in one screen: the nouns, and what to type next. */
export function helpOfAll(nouns: Noun[]): string[] {
  return [
    'Keep many GitHub repositories in sync, without ever losing local work.',
    '',
    ...helpRows(nouns.map(({ name, summary }) => [name.toUpperCase(), summary])),
    '',
    ...helpRows([
      ['wizard NOUN --help', 'its verbs, with examples'],
      ['wizard REPO SYNC --help', 'one verb, with its flags'],
      ['wizard HELP exit-codes', 'also: environment, configuration, security, scripts'],
    ]),
  ]
}

/** `wizard REPO --help`. */
export function helpOfNoun(noun: Noun, verbs: Verb[]): string[] {
  const name = noun.name.toUpperCase()
  return [
    `wizard ${name}: ${noun.summary}`,
    '',
    ...section(
      'Examples',
      verbs.slice(0, 6).flatMap(({ examples }) => examples.slice(0, 1).map(toRow)),
    ),
    ...section(
      'Verbs',
      verbs.map((verb) => [`${verb.name.toUpperCase()} ${usageOf(verb)}`.trimEnd(), verb.summary]),
    ),
    ...section('Flags of every verb', flagRows(globalFlags)),
    `wizard ${name} VERB --help shows one verb.`,
  ]
}

/** `wizard REPO SYNC --help`. */
export function helpOfVerb(noun: Noun, verb: Verb): string[] {
  return [
    ...section('Examples', verb.examples.map(toRow)),
    ...wrapText(`wizard ${titleOf(noun, verb)} ${usageOf(verb)}`.trimEnd(), width),
    ...indented(verb.summary, 4),
    '',
    ...section(
      'Arguments',
      argumentsOf(verb).map(({ name, summary }) => [name.toUpperCase(), summary]),
    ),
    ...section('Flags', flagRows(verb.flags)),
    ...section('Flags of every verb', flagRows(globalFlags)).slice(0, -1),
  ]
}

/** Help as data, of all nouns, one, or one verb. */
export async function helpDocument(nouns: Noun[], only: { noun?: Noun; verb?: Verb }) {
  const chosen = only.noun === undefined ? nouns : [only.noun]
  const described = chosen.map(async (noun) => ({
    name: noun.name.toUpperCase(),
    summary: noun.summary,
    verbs: (only.verb === undefined ? await noun.load() : [only.verb]).map(verbData),
  }))
  return { nouns: await Promise.all(described), flags: flagData(globalFlags) }
}

const verbData = (verb: Verb) => ({
  name: verb.name.toUpperCase(),
  summary: verb.summary,
  args: argumentsOf(verb).map(({ name, summary, optional = false, variadic = false }) => {
    return { name, summary, optional, variadic }
  }),
  flags: flagData(verb.flags),
  examples: verb.examples,
})

const flagData = (specs: FlagSpecs) =>
  Object.entries(specs).map(([name, spec]) => ({
    name: `--${name}`,
    short: spec.short === undefined ? null : `-${spec.short}`,
    summary: spec.summary,
    type: spec.type,
    value: valueName(spec),
    choices: spec.type === 'choice' ? spec.choices : null,
  }))

const toRow = ({ command, does }: { command: string; does: string }): Row => [command, does]

/** With the command behind `--`. */
export const argumentsOf = ({ args, rest }: Verb): ArgumentSpec[] =>
  rest === undefined ? args : [...args, rest]

/** `REPO [DEST]` of `REPO CLONE REPO [DEST]`. */
export function usageOf({ args, rest }: Verb): string {
  const words = args.map(({ name, optional, variadic }) => {
    const word = `${name.toUpperCase()}${variadic ? '…' : ''}`
    return optional ? `[${word}]` : word
  })
  return [...words, ...(rest === undefined ? [] : [`-- ${rest.name.toUpperCase()}`])].join(' ')
}

/** `-q, --quiet`, `--depth N`. */
export function flagTitle(name: string, spec: FlagSpec): string {
  const value = valueName(spec)
  const long = value === null ? `--${name}` : `--${name} ${value}`
  return spec.short ? `-${spec.short}, ${long}` : long
}

const flagRows = (specs: FlagSpecs): Row[] =>
  Object.entries(specs).map(([name, spec]) => [flagTitle(name, spec), spec.summary])

type Row = [left: string, right: string]

function section(title: string, of: Row[]): string[] {
  return of.length === 0 ? [] : [`${title}:`, ...helpRows(of), '']
}

/** Two columns; a summary that does not fit beside what it describes is below it. */
export function helpRows(of: Row[]): string[] {
  const widths = of.map(([left]) => left.length).filter((length) => length <= mostLeft)
  const column = Math.max(...widths, 8)
  return of.flatMap(([left, right]) => {
    if (left.length > column) return [...broken(left), ...indented(right, 6)]
    const [first = '', ...more] = wrapText(right, width - column - 4)
    return [
      `  ${left.padEnd(column)}  ${first}`.trimEnd(),
      ...more.map((line) => `${' '.repeat(column + 4)}${line}`),
    ]
  })
}

/** A command that is longer than a line goes on in the next, as a shell reads it. */
function broken(command: string): string[] {
  const lines = wrapText(command, width - 6)
  return lines.map(
    (line, at) => `${at === 0 ? '  ' : '    '}${line}${at < lines.length - 1 ? ' \\' : ''}`,
  )
}

const indented = (text: string, by: number): string[] =>
  wrapText(text, width - by).map((line) => `${' '.repeat(by)}${line}`)

/** `wizard HELP TOPIC`. */
export function helpOfTopic({ name, summary, parts }: Topic): string[] {
  const body = parts.flatMap((part) => [
    ...(typeof part === 'string' ? wrapText(part, width) : helpRows(part)),
    '',
  ])
  return [`${name}: ${summary}`, '', ...body.slice(0, -1)]
}
