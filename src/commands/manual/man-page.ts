import { version } from '../../version.js'
import { type FlagSpecs, globalFlags } from '../flags.js'
import { type Noun, titleOf, type Verb } from '../verb.js'
import { argumentsOf, flagTitle, usageOf } from './help.js'
import { bold, heading, literal, paragraph, roffPage, subheading, termList } from './roff.js'
import { type Topic, topics } from './topics.js'

/** wizard(1): the nouns, the flags of every verb, and the topics. */
export function manOfAll(nouns: Noun[]): string {
  return roffPage({
    name: 'wizard',
    section: 1,
    summary: 'keep many GitHub repositories in sync, run workflows, publish releases',
    version,
    body: [
      ...synopsis('wizard NOUN VERB [TARGET…] [key=value…] [--flags]'),
      heading('Nouns'),
      ...termList(nouns.map(({ name, summary }) => [name.toUpperCase(), summary])),
      ...paragraph('wizard MAN NOUN shows the verbs of a noun, wizard MAN NOUN VERB one verb.'),
      ...flagSection('Flags of every verb', globalFlags),
      ...topics.flatMap(topicSection),
      ...seeAlso([...nouns.map(({ name }) => `wizard-${name}(1)`), ...topicPages]),
    ],
  })
}

/** wizard-repo(1): a noun with all its verbs. */
export function manOfNoun(noun: Noun, verbs: Verb[]): string {
  const [only] = verbs
  if (only?.name === '') return manOfVerb(noun, only)
  const name = noun.name.toUpperCase()
  return roffPage({
    name: `wizard-${noun.name}`,
    section: 1,
    summary: noun.summary,
    version,
    body: [
      ...synopsis(`wizard ${name} VERB [TARGET…] [--flags]`),
      heading('Verbs'),
      ...verbs.flatMap((verb) => [
        subheading(`${titleOf(noun, verb)} ${usageOf(verb)}`.trimEnd()),
        ...paragraph(sentence(verb.summary)),
        ...termList(flagRows(verb.flags)),
        ...verb.examples.slice(0, 2).flatMap(({ command }) => literal(command)),
      ]),
      ...flagSection('Flags of every verb', globalFlags),
      ...seeAlso(['wizard(1)', ...verbs.map((verb) => `wizard-${noun.name}-${verb.name}(1)`)]),
    ],
  })
}

/** wizard-repo-sync(1). */
export function manOfVerb(noun: Noun, verb: Verb): string {
  const title = titleOf(noun, verb)
  return roffPage({
    name: `wizard-${noun.name}${verb.name === '' ? '' : `-${verb.name}`}`,
    section: 1,
    summary: verb.summary,
    version,
    body: [
      ...synopsis(`wizard ${title} ${usageOf(verb)}`.trimEnd()),
      ...(argumentsOf(verb).length === 0
        ? []
        : [
            heading('Arguments'),
            ...termList(
              argumentsOf(verb).map(({ name, summary }) => [name.toUpperCase(), summary]),
            ),
          ]),
      ...flagSection('Flags', verb.flags),
      ...flagSection('Flags of every verb', globalFlags),
      heading('Examples'),
      ...verb.examples.flatMap(({ command, does }) => [
        ...paragraph(sentence(does)),
        ...literal(command),
      ]),
      ...seeAlso([
        'wizard(1)',
        ...(verb.name === '' ? [] : [`wizard-${noun.name}(1)`]),
        ...topicPages,
      ]),
    ],
  })
}

/** wizard-exit-codes(7). */
export function manOfTopic(topic: Topic): string {
  const { name, summary } = topic
  const [, ...body] = topicSection(topic)
  return roffPage({
    name: `wizard-${name}`,
    section: 7,
    summary,
    version,
    body: [heading('Description'), ...body, ...seeAlso(['wizard(1)'])],
  })
}

const topicPages = topics.map(({ name }) => `wizard-${name}(7)`)

const topicSection = ({ name, parts }: Topic): string[] => [
  heading(name.replaceAll('-', ' ')),
  ...parts.flatMap((part) => (typeof part === 'string' ? paragraph(part) : termList(part))),
]

const synopsis = (usage: string): string[] => [heading('Synopsis'), bold(usage)]

const flagSection = (title: string, specs: FlagSpecs): string[] =>
  Object.keys(specs).length === 0 ? [] : [heading(title), ...termList(flagRows(specs))]

const flagRows = (specs: FlagSpecs) =>
  Object.entries(specs).map(([name, spec]) => [flagTitle(name, spec), spec.summary] as const)

const seeAlso = (pages: string[]): string[] => [
  heading('See also'),
  ...pages.map((page, at) => {
    const [, name = '', section = ''] = /^(.*)\((\d)\)$/.exec(page) ?? []
    return `.BR ${name.replaceAll('-', '\\-')} (${section})${at < pages.length - 1 ? ' ,' : ''}`
  }),
]

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
