import { type FlagSpecs, globalFlags } from '../flags.js'
import { type Noun, titleOf, type Verb } from '../verb.js'
import { argumentsOf, flagTitle, usageOf } from './help.js'

/** docs/verbs.md: every noun and verb with its arguments, flags and examples. */
export async function verbsPage(nouns: Noun[]): Promise<string> {
  const parts = await Promise.all(nouns.map(async (noun) => nounPart(noun, await noun.load())))
  const lines = [
    '# Verbs',
    '',
    "Made by `npm run verbs` from the verbs' own tables, as are `--help`, `wizard MAN` and completion.",
    '',
    ...nouns.map(
      ({ name, summary }) => `- [${name.toUpperCase()}](#${name.toLowerCase()}): ${cell(summary)}`,
    ),
    '- [Flags of every verb](#flags-of-every-verb)',
    '',
    ...parts.flat(),
    '## Flags of every verb',
    '',
    'Before or after the noun.',
    '',
    ...table('flag', flagRows(globalFlags)),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function nounPart(noun: Noun, verbs: Verb[]): string[] {
  const name = noun.name.toUpperCase()
  const [only] = verbs
  if (only?.name === '') return [`## ${name} ${usageOf(only)}`.trimEnd(), '', ...verbPart(only)]
  return [
    `## ${name}`,
    '',
    `${sentence(noun.summary)}`,
    '',
    ...verbs.flatMap((verb) => [
      `### ${titleOf(noun, verb)} ${usageOf(verb)}`.trimEnd(),
      '',
      ...verbPart(verb),
    ]),
  ]
}

const verbPart = (verb: Verb): string[] => [
  sentence(verb.summary),
  '',
  ...table(
    'argument',
    argumentsOf(verb).map(({ name, summary }) => [name.toUpperCase(), summary]),
  ),
  ...table('flag', flagRows(verb.flags)),
  '```sh',
  ...verb.examples.flatMap(({ command, does }) => [`# ${does}`, command]),
  '```',
  '',
]

const flagRows = (specs: FlagSpecs): Row[] =>
  Object.entries(specs).map(([name, spec]) => [flagTitle(name, spec), spec.summary])

type Row = [term: string, meaning: string]

const table = (head: string, rows: Row[]): string[] =>
  rows.length === 0
    ? []
    : [
        `| ${head} | |`,
        '| --- | --- |',
        ...rows.map(
          ([term, meaning]) => `| \`${term.replaceAll('|', '\\|')}\` | ${cell(meaning)} |`,
        ),
        '',
      ]

const cell = (text: string) => text.replaceAll(/[|<*_[\]]/g, '\\$&')

const sentence = (text: string) => `${cell(text.charAt(0).toUpperCase() + text.slice(1))}.`
