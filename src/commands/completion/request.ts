import type { KnownNames } from '../../config/names/known-names.js'
import { type FlagSpec, type FlagSpecs, globalFlags } from '../flags.js'
import { takeVerb } from '../grammar.js'
import { topics } from '../manual/topics.js'
import type { ArgumentSpec, Noun, Verb } from '../verb.js'
import { type Candidate, candidatesFor, type Wanted, wantedArgument, wantedFlag } from './values.js'

/** What may follow: words, or files or folders, which the shell itself completes. */
export type Completion =
  | { kind: 'words'; candidates: Candidate[] }
  /** `typed`: the part of the last word that is a path. */
  | { kind: 'files' | 'folders'; typed: string }

/**
 * What may take the place of the last word, which is not complete yet and may be empty.
 *
 * @param words those behind `wizard`
 */
export async function complete(
  nouns: Noun[],
  words: string[],
  names: () => KnownNames,
): Promise<Completion> {
  const typed = words.at(-1) ?? ''
  const left = words.slice(0, -1)
  const before = takeFlags(left, globalFlags)
  if (before.pending) return values(wantedFlag(before.pending), typed, names)
  const word = left.shift()
  if (word === undefined) return first(nouns, typed, names)
  if (word.toLowerCase() === 'help') return help(nouns, [word, ...left], typed)
  const noun = nouns.find(({ name }) => name === word.toLowerCase())
  if (noun === undefined) return none
  const between = takeFlags(left, globalFlags)
  if (between.pending) return values(wantedFlag(between.pending), typed, names)
  const verbs = await noun.load()
  const spelled = [...left]
  const verb = verbs.find(({ name }) => name === '') ?? takeVerb(verbs, left)
  const more = isFlag(typed) ? [] : restOfVerbs(verbs, spelled, { typed, like: [word] })
  if (verb === undefined) {
    const flags = isFlag(typed) ? await flagWords(globalFlags, typed, names) : null
    return flags ?? { kind: 'words', candidates: more }
  }
  const found = await argumentOf({ noun, verb, nouns }, left, typed, names)
  return found.kind === 'words' && verb.name !== ''
    ? { ...found, candidates: [...found.candidates, ...more] }
    : found
}

const none: Completion = { kind: 'words', candidates: [] }

const isFlag = (word: string) => word.startsWith('-')

async function first(nouns: Noun[], typed: string, names: () => KnownNames): Promise<Completion> {
  if (isFlag(typed)) {
    const flags = await flagWords({ ...globalFlags, ...atTheFront }, typed, names)
    return flags ?? none
  }
  const all = [...nouns, { name: 'help', summary: 'explain a noun, a verb or a topic' }]
  return {
    kind: 'words',
    candidates: spelledLike(
      typed,
      all.map(({ name, summary }) => ({ value: name, about: summary })),
    ),
  }
}

const atTheFront = {
  help: { type: 'boolean', short: 'h', summary: 'show help' },
  version: { type: 'boolean', short: 'V', summary: 'show the version' },
} as const satisfies FlagSpecs

/** `HELP exit-codes`, `HELP REPO`, `HELP REPO SYNC`. */
async function help(nouns: Noun[], words: string[], typed: string): Promise<Completion> {
  const [, word, ...more] = words
  if (word !== undefined) {
    const noun = nouns.find(({ name }) => name === word.toLowerCase())
    const verbs = (await noun?.load()) ?? []
    return { kind: 'words', candidates: restOfVerbs(verbs, more, { typed, like: words }) }
  }
  const all = nouns.map(({ name, summary }) => ({ value: name, about: summary }))
  const candidates = [
    ...topics.map(({ name, summary }) => ({ value: name, about: summary })),
    ...spelledLike(typed, all, words),
  ]
  return { kind: 'words', candidates: candidates.filter(startsWith(typed)) }
}

/** The verbs, or, behind the first word of `PULL-ALL`, its other words. */
function restOfVerbs(
  verbs: Verb[],
  spelled: string[],
  { typed, like }: { typed: string; like: string[] },
): Candidate[] {
  const front = spelled.map((word) => `${word.toLowerCase().replaceAll('_', '-')}-`).join('')
  const candidates = verbs
    .filter(({ name }) => name.startsWith(front) && name !== '')
    .map(({ name, summary }) => ({ value: name.slice(front.length), about: summary }))
  return spelledLike(typed, candidates, [...like, ...spelled])
}

interface Called {
  noun: Noun
  verb: Verb
  nouns: Noun[]
}

async function argumentOf(
  { noun, verb, nouns }: Called,
  words: string[],
  typed: string,
  names: () => KnownNames,
): Promise<Completion> {
  const specs: FlagSpecs = { ...globalFlags, ...verb.flags }
  const args: string[] = []
  const used = new Set<string>()
  let isOver = false
  while (words.length > 0) {
    const flags = isOver ? { used: [], pending: undefined } : takeFlags(words, specs)
    if (flags.pending) return values(wantedFlag(flags.pending), typed, names)
    for (const name of flags.used) used.add(name)
    const word = words.shift()
    if (word === '--' && !isOver) isOver = true
    else if (word !== undefined) args.push(word)
  }
  if (isFlag(typed) && !isOver) {
    const open = Object.entries<FlagSpec>({ ...specs, help: atTheFront.help }).filter(
      ([name, { type }]) => !used.has(name) || type === 'texts',
    )
    return (await flagWords(Object.fromEntries(open), typed, names)) ?? none
  }
  if (isOver && verb.rest !== undefined) return none
  const last = verb.args.at(-1)
  const arg: ArgumentSpec | undefined =
    verb.args[args.length] ?? (last?.variadic ? last : undefined)
  if (arg === undefined) return none
  if (noun.name === 'man') return help(nouns, ['man', ...args], typed)
  return values(wantedArgument(noun, arg), typed, names, args)
}

/** Removes flags, and their values, from the front; `pending` is a flag that lacks its value. */
function takeFlags(words: string[], specs: FlagSpecs) {
  const used: string[] = []
  while (words[0] !== undefined && isFlag(words[0]) && words[0].length > 1 && words[0] !== '--') {
    const flag = words.shift() ?? ''
    const [name, spec] = specOf(flag, specs)
    used.push(name)
    if (spec === undefined || spec.type === 'boolean' || flag.includes('=')) continue
    if (words.shift() === undefined) return { used, pending: [name, spec] as [string, FlagSpec] }
  }
  return { used, pending: undefined }
}

/** Of `--depth`, `--depth=1`, `-R`, and of a group such as `-qR` the last. */
function specOf(flag: string, specs: FlagSpecs): [string, FlagSpec | undefined] {
  const [long = ''] = flag.split('=')
  const found = Object.entries(specs).find(([name, { short }]) =>
    long.startsWith('--') ? long === `--${name}` : short === long.at(-1),
  )
  return found ?? ['', undefined]
}

/** The flags, or the values of the one in `--format=`. */
async function flagWords(
  specs: FlagSpecs,
  typed: string,
  names: () => KnownNames,
): Promise<Completion | null> {
  const at = typed.indexOf('=')
  if (at > 0) {
    const [name, spec] = specOf(typed, specs)
    if (spec === undefined || spec.type === 'boolean') return null
    const found = await values(wantedFlag([name, spec]), typed.slice(at + 1), names)
    if (found.kind !== 'words') return found
    const front = typed.slice(0, at + 1)
    const candidates = found.candidates.map(({ value, about }) => ({
      value: `${front}${value}`,
      about,
    }))
    return { kind: 'words', candidates }
  }
  const candidates = Object.entries(specs).flatMap(([name, { short, summary }]) => [
    { value: `--${name}`, about: summary },
    ...(short !== undefined && typed === '-' ? [{ value: `-${short}`, about: summary }] : []),
  ])
  return { kind: 'words', candidates: candidates.filter(startsWith(typed)) }
}

async function values(
  wanted: Wanted,
  typed: string,
  names: () => KnownNames,
  used: string[] = [],
): Promise<Completion> {
  if (wanted === 'files' || wanted === 'folders') return { kind: wanted, typed }
  if (wanted !== null && typeof wanted !== 'string') {
    const all = wanted.map((value) => ({ value, about: '' }))
    return { kind: 'words', candidates: all.filter(startsWith(typed)) }
  }
  return { kind: 'words', candidates: await candidatesFor(wanted, typed, { names, used }) }
}

const startsWith =
  (typed: string) =>
  ({ value }: Candidate): boolean =>
    value.toLowerCase().startsWith(typed.toLowerCase())

/**
 * Words of wizard's own that begin as typed, in the same case, with the same `-` or `_`; where
 * nothing is typed, in the case of the words before.
 */
function spelledLike(typed: string, candidates: Candidate[], before: string[] = []): Candidate[] {
  const isLower = /[a-z]/.test(/[a-z]/i.test(typed) ? typed : (before.at(-1) ?? ''))
  const join = typed.includes('_') ? '_' : '-'
  return candidates
    .map(({ value, about }) => ({ value: value.replaceAll('-', join), about }))
    .filter(startsWith(typed))
    .map(({ value, about }) => {
      const rest = value.slice(typed.length)
      return { value: typed + (isLower ? rest : rest.toUpperCase()), about }
    })
}
