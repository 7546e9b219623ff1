import { type FlagSpecs, globalFlags, valueName } from './flags.js'
import { type Noun, titleOf, type Verb } from './verb.js'

/** `wizard --help`: what to type first, then the nouns. */
export async function helpOfAll(nouns: Noun[]): Promise<string[]> {
  const examples: [string, string][] = []
  for (const noun of nouns) {
    for (const verb of (await noun.load()).slice(0, 2)) {
      const [first] = verb.examples
      if (first) examples.push([first.command, verb.summary])
    }
  }
  return [
    'wizard drives GitHub: it keeps many repositories in step, and nothing of yours is ever lost.',
    '',
    ...section('Examples', examples),
    ...section(
      'Nouns',
      nouns.map(({ name, summary }) => [name.toUpperCase(), summary]),
    ),
    ...globalSection(),
    'wizard NOUN --help lists its verbs; wizard NOUN VERB --help shows one. Nouns and verbs: any case.',
  ]
}

/** `wizard REPO --help`. */
export function helpOfNoun(noun: Noun, verbs: Verb[]): string[] {
  const name = noun.name.toUpperCase()
  return [
    `wizard ${name}: ${noun.summary}.`,
    '',
    ...section(
      'Examples',
      verbs.slice(0, 6).flatMap(({ examples }) => examples.slice(0, 1).map(toRow)),
    ),
    ...section(
      'Verbs',
      verbs.map((verb) => [`${verb.name.toUpperCase()} ${usageOf(verb)}`.trimEnd(), verb.summary]),
    ),
    ...globalSection(),
    `wizard ${name} VERB --help shows one verb.`,
  ]
}

/** `wizard REPO SYNC --help`. */
export function helpOfVerb(noun: Noun, verb: Verb): string[] {
  return [
    ...section('Examples', verb.examples.map(toRow)),
    `wizard ${titleOf(noun, verb)} ${usageOf(verb)}`.trimEnd(),
    `    ${verb.summary}`,
    '',
    ...section(
      'Targets',
      verb.args.map(({ name, summary }) => [name.toUpperCase(), summary]),
    ),
    ...section('Flags', flagRows(verb.flags)),
    ...globalSection(),
  ]
}

const toRow = ({ command, does }: { command: string; does: string }): [string, string] => [
  command,
  does,
]

function usageOf({ args }: Verb): string {
  return args
    .map(({ name, optional, variadic }) => {
      const word = `${name.toUpperCase()}${variadic ? '…' : ''}`
      return optional ? `[${word}]` : word
    })
    .join(' ')
}

const globalSection = () => section('Flags of every verb', flagRows(globalFlags))

function flagRows(specs: FlagSpecs): [string, string][] {
  return Object.entries(specs).map(([name, spec]) => {
    const value = valueName(spec)
    const long = value === null ? `--${name}` : `--${name} ${value}`
    return [spec.short ? `-${spec.short}, ${long}` : long, spec.summary]
  })
}

function section(title: string, rows: [string, string][]): string[] {
  if (rows.length === 0) return []
  const width = Math.min(44, Math.max(...rows.map(([left]) => left.length)))
  const lines = rows.flatMap(([left, right]) =>
    left.length > width
      ? [`  ${left}`, `  ${' '.repeat(width)}  ${right}`]
      : [`  ${left.padEnd(width)}  ${right}`],
  )
  return [`${title}:`, ...lines, '']
}
