import { UsageError } from '../../base/errors.js'
import { nearest, oneLine } from '../../base/text.js'
import type { Invocation } from '../../invocation.js'
import { type Command, nounsAreListed, unknownNoun } from '../grammar.js'
import { askFor } from '../suggest.js'
import type { Noun } from '../verb.js'
import { greeting } from './greeting.js'
import { helpDocument, helpOfAll, helpOfNoun, helpOfTopic, helpOfVerb } from './help.js'
import { type Topic, topics } from './topics.js'

type AboutCommand = Extract<Command, { kind: 'help' }>
type HelpCommand = Extract<Command, { kind: 'help' | 'greeting' }>

/** @throws UsageError for an unknown topic */
export async function helpLines(
  nouns: Noun[],
  command: HelpCommand,
  invocation: Invocation,
): Promise<string[]> {
  return command.kind === 'greeting' ? greeting(invocation) : helpText(nouns, command)
}

/** @throws UsageError for an unknown topic */
export async function helpText(nouns: Noun[], command: AboutCommand): Promise<string[]> {
  const { noun, verb, topic } = command
  if (topic !== undefined) return helpOfTopic(await findTopic(nouns, topic))
  if (noun === undefined) return helpOfAll(nouns)
  return verb === undefined ? helpOfNoun(noun, await noun.load()) : helpOfVerb(noun, verb)
}

/** The same as a manual page, in roff. @throws UsageError for an unknown topic */
export async function manualPage(nouns: Noun[], command: AboutCommand): Promise<string> {
  const { manOfAll, manOfNoun, manOfTopic, manOfVerb } = await import('./man-page.js')
  const { noun, verb, topic } = command
  if (topic !== undefined) return manOfTopic(await findTopic(nouns, topic))
  if (noun === undefined) return manOfAll(nouns)
  return verb === undefined ? manOfNoun(noun, await noun.load()) : manOfVerb(noun, verb)
}

/** The same as data. @throws UsageError for an unknown topic */
export async function helpData(nouns: Noun[], command: HelpCommand) {
  if (command.kind === 'greeting') return helpDocument(nouns, {})
  const { topic } = command
  if (topic === undefined) return helpDocument(nouns, command)
  const { name, summary, parts } = await findTopic(nouns, topic)
  return { name, summary, text: parts }
}

async function findTopic(nouns: Noun[], word: string): Promise<Topic> {
  const name = word.toLowerCase().replaceAll(/[_ ]/g, '-')
  const topic = topics.find((one) => one.name === name)
  if (topic !== undefined) return topic
  const near = nearest(
    name,
    topics.map((one) => one.name),
  )
  if (near.length === 0) {
    const error = await unknownNoun(nouns, word, [])
    if (error.hint !== nounsAreListed) throw error
    throw new UsageError(`unknown noun or topic ${oneLine(word, 60)}`, {
      hint: `${nounsAreListed}; topics: ${topics.map((one) => one.name).join(', ')}`,
    })
  }
  throw new UsageError(`unknown topic ${word}`, { hint: askFor(near.map((one) => `HELP ${one}`)) })
}
