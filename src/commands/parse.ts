import { Command as Commander, CommanderError, Option } from 'commander'
import { UsageError } from '../base/errors.js'
import { oneLine } from '../base/text.js'
import { type FlagSpec, type FlagSpecs, type GlobalFlags, globalFlags, valueName } from './flags.js'
import { askFor, flagsLike } from './suggest.js'
import { type Noun, type Parsed, titleOf, type Verb } from './verb.js'

export interface ParsedCommand extends Parsed {
  globals: GlobalFlags
}

/**
 * @throws UsageError for an unknown flag, a missing or superfluous target, or a value of the wrong
 *   type
 */
export function parseCommand(noun: Noun, verb: Verb, words: string[]): ParsedCommand {
  const title = titleOf(noun, verb)
  const { argv, rest } = splitRest(verb, words, title)
  const command = commanderFor(verb, title)
  try {
    command.parse(argv, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError && error.code === 'commander.excessArguments') {
      refuseAssignments(noun, verb, command.args)
    }
    if (error instanceof CommanderError) throw usageError(error, { command, title, argv })
    throw error
  }
  refuseAssignments(noun, verb, command.args)
  const options = command.opts<Record<string, unknown>>()
  return {
    args: command.args,
    flags: pick(verb.flags, options),
    rest,
    globals: pick(globalFlags, options) as GlobalFlags,
  }
}

/** @throws UsageError where a verb needs words behind `--` and has none */
function splitRest({ rest }: Verb, words: string[], title: string) {
  if (rest === undefined) return { argv: words, rest: [] }
  const end = words.indexOf('--')
  const behind = end === -1 ? [] : words.slice(end + 1)
  if (behind.length === 0) {
    throw new UsageError(`${title} needs ${rest.name.toUpperCase()} after --`, {
      hint: `for example: wizard ${title} -- git status`,
    })
  }
  return { argv: words.slice(0, end), rest: behind }
}

/** The flags of every verb, without a verb. @throws UsageError as `parseCommand` */
export const parseGlobals = (argv: string[]): GlobalFlags =>
  parseCommand({ name: '', summary: '', load: async () => [] }, none, argv).globals

const none: Verb = {
  ...{ name: '', summary: '', examples: [], args: [], flags: {} },
  run: () => Promise.reject(new TypeError('nothing to run')),
}

function commanderFor(verb: Verb, title: string): Commander {
  const command = new Commander(verb.name)
    .exitOverride()
    .helpOption(false)
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
    .showSuggestionAfterError(false)
    .allowExcessArguments(false)
  for (const { name, optional, variadic } of verb.args) {
    const inner = variadic ? `${name}...` : name
    command.argument(optional ? `[${inner}]` : `<${inner}>`)
  }
  for (const [name, spec] of Object.entries({ ...globalFlags, ...verb.flags })) {
    command.addOption(optionFor(name, spec, title))
  }
  return command
}

function optionFor(name: string, spec: FlagSpec, title: string): Option {
  const value = valueName(spec)
  const long = value === null ? `--${name}` : `--${name} <${value}>`
  const option = new Option(spec.short ? `-${spec.short}, ${long}` : long)
  // commander reads a flag named no-X as X turned off; here it is a flag of its own.
  if (option.negate) option.negate = false
  option.attributeName = () => name
  if (spec.type === 'boolean') return option
  return option.argParser((text: string, before: unknown): unknown => {
    const refuse = (why: string) => refusal(title, `: --${name} ${oneLine(text, 60)}: ${why}`)
    const read = readValue(spec, text, refuse)
    if (spec.type !== 'texts') return read
    return Array.isArray(before) ? [...before, read] : [read]
  })
}

type Refuse = (why: string) => UsageError

function readValue(
  spec: Exclude<FlagSpec, { type: 'boolean' }>,
  text: string,
  refuse: Refuse,
): string | number {
  if (spec.type === 'choice') return choiceOf(spec.choices, text, refuse)
  if (spec.type === 'integer') return integerIn(spec, text, refuse)
  if (spec.type === 'seconds') return seconds(text, refuse)
  if (text === '') throw refuse('it is empty')
  return text
}

function choiceOf(choices: readonly string[], text: string, refuse: Refuse): string {
  const choice = choices.find((one) => one === text.toLowerCase())
  if (choice === undefined) throw refuse(`expected ${choices.join(' or ')}`)
  return choice
}

function integerIn(
  { min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number | undefined },
  text: string,
  refuse: Refuse,
): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= min && number <= max) return number
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`
  throw refuse(`expected a whole number, ${range}`)
}

/** With a greater value timers overflow and fire at once. */
const mostSeconds = 2_000_000

function seconds(text: string, refuse: Refuse): number {
  const number = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && number <= mostSeconds) return number
  throw refuse(`expected seconds, 0 to ${mostSeconds}`)
}

function pick(specs: FlagSpecs, options: Record<string, unknown>): Record<string, unknown> {
  const empty = { boolean: false, texts: [] } as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, options[name] ?? empty[spec.type]]),
  )
}

/** Few verbs take `key=value`; for others it is a mistake, because no target has such a name. */
function refuseAssignments(noun: Noun, verb: Verb, args: string[]): void {
  if (verb.args.some(({ name }) => name === 'key=value')) return
  const assignment = args.find((arg) => /^[\w-]+:?=/.test(arg))
  if (assignment !== undefined) {
    throw refusal(titleOf(noun, verb), ` takes no key=value, but got ${oneLine(assignment, 60)}`)
  }
}

interface Refused {
  command: Commander
  title: string
  argv: string[]
}

/** Converts the error to our one-line message. */
function usageError({ code }: CommanderError, { command, title, argv }: Refused): UsageError {
  if (code === 'commander.unknownOption') return unknownFlag({ command, title, argv })
  if (code === 'commander.optionMissingArgument') {
    return refusal(title, `: ${lastOption(command, argv)?.long} needs a value`)
  }
  const { args, registeredArguments } = command
  const missing = registeredArguments.find(({ required }, at) => required && at >= args.length)
  if (missing) return refusal(title, ` needs ${missing.name().toUpperCase()}`)
  const most = registeredArguments.map((argument) => argument.name().toUpperCase())
  const extra = oneLine(args[most.length] ?? '', 60)
  const what = most.length === 0 ? 'no target' : `only ${most.join(' ')}, not ${extra}`
  return refusal(title, ` takes ${what}`)
}

function unknownFlag({ command, title, argv }: Refused): UsageError {
  const names = command.options.flatMap(({ long }) => long ?? [])
  const [unknown = ''] = command.parseOptions(argv).unknown
  const [flag = ''] = unknown.split(/[ ']/)
  const [name = ''] = flag.split('=')
  if (name !== flag && names.includes(name)) return refusal(title, `: ${name} takes no value`)
  return refusal(title, ` has no flag ${oneLine(flag, 60)}`, askFor(flagsLike(flag, names)))
}

/** The option that the command line ends with, of a group (`-qn`) the last. */
const lastOption = ({ options }: Commander, argv: string[]): Option | undefined => {
  const last = argv.at(-1) ?? ''
  const isLong = last.startsWith('--')
  return options.find(({ long, short }) => (isLong ? long === last : short === `-${last.at(-1)}`))
}

const refusal = (title: string, what: string, hint = `wizard ${title} --help`): UsageError =>
  new UsageError(`${title}${what}`, { hint })
