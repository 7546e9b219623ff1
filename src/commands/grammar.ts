import { split } from 'shlex'
import { UsageError } from '../base/errors.js'
import { oneLine } from '../base/text.js'
import { globalFlags } from './flags.js'
import { askFor, commandsLike, flagsLike, verbsLike } from './suggest.js'
import type { Noun, Verb } from './verb.js'

/** The command in argv, before its flags are parsed. */
export type Command =
  | { kind: 'version' }
  /** Of everything, a noun, a verb, or a topic by its name. */
  | { kind: 'help'; noun?: Noun; verb?: Verb; topic?: string }
  /** `wizard`, at most with flags. */
  | { kind: 'greeting'; argv: string[] }
  /** `argv` is for commander: everything but the noun and the verb. */
  | { kind: 'run'; noun: Noun; verb: Verb; argv: string[] }

/**
 * Reads uCode: `NOUN VERB …` in any case, with a verb's words joined by `-`, `_` or a space; also
 * as one quoted command (`'REPO SYNC core'`) or in brackets (`'[REPO|SYNC*core]'`).
 *
 * @throws UsageError for an unknown noun or verb, or an unknown flag before them, with the nearest
 *   ones
 */
export async function readCommand(nouns: Noun[], argv: string[]): Promise<Command> {
  const words = [...argv]
  if (asksForVersion(words)) return { kind: 'version' }
  const before = takeFlags(words)
  expand(words)
  if (before.has('version') || asksForVersion(words)) return { kind: 'version' }
  const isHelp = takeHelp(words, before.seen)
  before.seen.push(...takeFlags(words).seen)
  const nounWord = words.shift()
  if (nounWord === undefined) {
    return before.has('help') ? { kind: 'help' } : { kind: 'greeting', argv: before.seen }
  }
  const noun = nouns.find(({ name }) => name === nounWord.toLowerCase())
  if (!noun && isHelp) {
    takeFlags(words)
    if (words[0] === undefined) return { kind: 'help', topic: nounWord }
    throw new UsageError(`HELP takes one topic; ${oneLine(words[0], 60)} is too many`, {
      hint: `wizard HELP ${oneLine(nounWord, 60)}`,
    })
  }
  if (!noun) throw await unknownNoun(nouns, nounWord, words)
  const verbs = await noun.load()
  const between = takeFlags(words)
  expand(words)
  if (between.has('version')) return { kind: 'version' }
  takeHelp(words, between.seen)
  const help = before.has('help') || between.has('help')
  const verb = verbs.find(({ name }) => name === '') ?? takeVerb(verbs, words)
  if (!verb && words[0] !== undefined && !words[0].startsWith('-'))
    throw unknownVerb(noun, verbs, words)
  if (!verb) {
    if (help || words.length === 0) return { kind: 'help', noun }
    throw new UsageError(`${oneLine(words[0] ?? '', 60)} comes before the verb`, {
      hint: 'put flags of a verb after it',
    })
  }
  if (help || hasHelpFlag(words)) return { kind: 'help', noun, verb }
  return { kind: 'run', noun, verb, argv: [...before.seen, ...between.seen, ...words] }
}

/** `-v` before a noun is `--verbose`; without one there is nothing to be verbose about. */
const asksForVersion = ([word = '', ...more]: string[]): boolean =>
  (more.length === 0 && word === '-v') || word === '-V' || word.toLowerCase() === 'version'

/** Splits a quoted or bracketed uCode command into its words. */
function expand(words: string[]): void {
  const line = words[0]?.trim() ?? ''
  if (line.startsWith('[') || /\s/.test(line)) words.splice(0, 1, ...ucode(line))
}

/** The words of one uCode command line. */
export function ucode(line: string): string[] {
  if (!line.startsWith('[')) return quoted(line)
  const inside = /^\[([^|\]]+)(?:\|([^\]]*))?\]$/.exec(line)
  if (!inside) {
    throw new UsageError(`not a bracket command: ${oneLine(line, 100)}`, {
      hint: "write it as '[NOUN|VERB*target*key=value]'",
    })
  }
  const [, noun = '', rest = ''] = inside
  return [noun, ...rest.split('*')].map((word) => word.trim()).filter((word) => word !== '')
}

function quoted(line: string): string[] {
  try {
    return split(line)
  } catch {
    throw new UsageError(`unclosed quote: ${oneLine(line, 100)}`)
  }
}

/** Removes the global flags and their values from the front. */
function takeFlags(words: string[]) {
  const seen: string[] = []
  while (words[0]?.startsWith('-') && words[0] !== '--' && words[0] !== '-') {
    const flag = words[0]
    if (flag !== '--help' && flag !== '-h' && flag !== '--version' && !isGlobal(flag)) break
    words.shift()
    seen.push(flag)
    if (!takesValue(flag)) continue
    const value = words.shift()
    if (value === undefined) throw new UsageError(`${flag} needs a value`)
    seen.push(value)
  }
  const has = (name: 'help' | 'version') =>
    seen.includes(`--${name}`) || (name === 'help' && seen.includes('-h'))
  return { seen, has }
}

/** Accepts `wizard help repo` and `wizard repo help sync` for `--help`. */
function takeHelp(words: string[], seen: string[]): boolean {
  if (words[0]?.toLowerCase() !== 'help') return false
  words.shift()
  seen.push('--help')
  return true
}

const specOf = (flag: string) =>
  Object.entries(globalFlags).find(
    ([name, spec]) =>
      flag.split('=')[0] === `--${name}` || ('short' in spec && flag === `-${spec.short}`),
  )?.[1]

/** Short flags may be combined: `-qy`. */
const isGlobal = (flag: string) =>
  specOf(flag) !== undefined ||
  (/^-[a-z]{2,}$/.test(flag) &&
    [...flag.slice(1)].every((letter) => specOf(`-${letter}`) !== undefined))

const takesValue = (flag: string) => {
  const spec = specOf(flag)
  return spec !== undefined && spec.type !== 'boolean' && !flag.includes('=')
}

/** Finds the longest verb that the next words spell, and removes its words. */
export function takeVerb(verbs: Verb[], words: string[]): Verb | undefined {
  const most = Math.max(...verbs.map(({ name }) => name.split('-').length))
  for (let count = most; count > 0; count--) {
    const spelled = words.slice(0, count)
    if (spelled.length < count || spelled.some((word) => word.startsWith('-'))) continue
    const name = spelled.join('-').replaceAll('_', '-').toLowerCase()
    const verb = verbs.find((candidate) => candidate.name === name)
    if (verb) {
      words.splice(0, count)
      return verb
    }
  }
  return undefined
}

function hasHelpFlag(words: string[]): boolean {
  const end = words.indexOf('--')
  const flags = end === -1 ? words : words.slice(0, end)
  return flags.includes('--help') || flags.includes('-h')
}

/** The hint for a word that nothing is like. */
export const nounsAreListed = 'wizard --help lists the nouns'

export async function unknownNoun(
  nouns: Noun[],
  word: string,
  rest: string[],
): Promise<UsageError> {
  if (word.startsWith('-')) return unknownFlag(word)
  const shown = oneLine(word, 60) || "'' (it is empty)"
  const hint = loginHint(word) ?? askFor(await commandsLike(nouns, word, rest))
  return new UsageError(`unknown noun ${shown}`, { hint: hint ?? nounsAreListed })
}

/** wizard has no login of its own. */
const loginHint = (word: string): string | undefined =>
  /^log-?in$/i.test(word)
    ? 'wizard uses GITHUB_TOKEN, or the token of gh auth login; wizard AUTH STATUS shows which'
    : undefined

function unknownFlag(flag: string): UsageError {
  const names = Object.keys(globalFlags).map((name) => `--${name}`)
  return new UsageError(`unknown flag ${oneLine(flag, 60)} before the noun`, {
    hint: askFor(flagsLike(flag, names)) ?? 'put flags of a verb after it',
  })
}

function unknownVerb(noun: Noun, verbs: Verb[], words: string[]): UsageError {
  const name = noun.name.toUpperCase()
  const [word = ''] = words
  const near = verbsLike(
    word.toLowerCase().replaceAll('_', '-'),
    verbs.map((verb) => verb.name),
  )
  const hint = loginHint(word) ?? askFor(near.map((verb) => `${name} ${verb.toUpperCase()}`))
  return new UsageError(`unknown verb ${name} ${oneLine(word, 60)}`, {
    hint: hint ?? `wizard ${name} --help lists its verbs`,
  })
}
