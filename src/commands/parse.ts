import { Command as Commander, CommanderError, InvalidArgumentError, Option } from 'commander'
import { UsageError } from '../base/errors.js'
import { didYouMean } from '../base/text.js'
import { type FlagSpec, type FlagSpecs, type GlobalFlags, globalFlags, valueName } from './flags.js'
import { type Noun, titleOf, type Verb } from './verb.js'

export interface ParsedCommand {
  args: string[]
  flags: Record<string, unknown>
  globals: GlobalFlags
}

/**
 * @throws UsageError for an unknown flag, a missing or superfluous target, or a value of the wrong
 *   type
 */
export function parseCommand(noun: Noun, verb: Verb, argv: string[]): ParsedCommand {
  const command = commanderFor(verb)
  try {
    command.parse(argv, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw usageError(error, noun, verb)
    throw error
  }
  refuseAssignments(noun, verb, command.args)
  const options = command.opts<Record<string, unknown>>()
  return {
    args: command.args,
    flags: pick(verb.flags, options),
    globals: pick(globalFlags, options) as GlobalFlags,
  }
}

function commanderFor(verb: Verb): Commander {
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
    command.addOption(optionFor(name, spec))
  }
  return command
}

function optionFor(name: string, spec: FlagSpec): Option {
  const value = valueName(spec)
  const long = value === null ? `--${name}` : `--${name} <${value}>`
  const option = new Option(spec.short ? `-${spec.short}, ${long}` : long)
  // commander reads a flag named no-X as X turned off; here it is a flag of its own.
  if (option.negate) option.negate = false
  option.attributeName = () => name
  if (spec.type === 'choice') option.argParser(choiceOf(spec.choices))
  if (spec.type === 'integer') option.argParser(integerIn(spec.min, spec.max))
  if (spec.type === 'seconds') option.argParser(seconds)
  if (spec.type === 'text') option.argParser(notEmpty)
  if (spec.type === 'texts') {
    option.argParser((text: string, before: string[] | undefined) => [
      ...(before ?? []),
      notEmpty(text),
    ])
  }
  return option
}

function notEmpty(text: string): string {
  if (text === '') throw new InvalidArgumentError('it is empty')
  return text
}

const choiceOf = (choices: readonly string[]) => (text: string) => {
  const choice = choices.find((one) => one === text.toLowerCase())
  if (choice === undefined) throw new InvalidArgumentError(`expected ${choices.join(' or ')}`)
  return choice
}

const integerIn =
  (min: number, max = Number.MAX_SAFE_INTEGER) =>
  (text: string) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= min && number <= max) return number
    const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`
    throw new InvalidArgumentError(`expected a whole number, ${range}`)
  }

/** With a greater value timers overflow and fire at once. */
const mostSeconds = 2_000_000

function seconds(text: string): number {
  const number = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && number <= mostSeconds) return number
  throw new InvalidArgumentError(`expected seconds, 0 to ${mostSeconds}`)
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
    throw new UsageError(`${titleOf(noun, verb)} takes no key=value, but got ${assignment}`, {
      hint: `wizard ${titleOf(noun, verb)} --help`,
    })
  }
}

/** Converts commander's error to our one-line message. */
function usageError(error: CommanderError, noun: Noun, verb: Verb): UsageError {
  const title = titleOf(noun, verb)
  const hint = `wizard ${title} --help`
  const flag = /'(-[^' ]*)/.exec(error.message)?.[1] ?? ''
  if (error.code === 'commander.unknownOption') {
    const names = Object.keys({ ...globalFlags, ...verb.flags }).map((name) => `--${name}`)
    const [name = ''] = flag.split('=')
    if (name !== flag && names.includes(name))
      return new UsageError(`${title}: ${name} takes no value`, { hint })
    return new UsageError(`${title} has no flag ${flag}`, { hint: didYouMean(flag, names) ?? hint })
  }
  if (error.code === 'commander.missingArgument') {
    const missing = /'([^']*)'/.exec(error.message)?.[1] ?? ''
    return new UsageError(`${title} needs ${missing.toUpperCase()}`, { hint })
  }
  if (error.code === 'commander.excessArguments') {
    const most = verb.args.length
    return new UsageError(`${title} takes ${most === 0 ? 'no target' : `at most ${most}`}`, {
      hint,
    })
  }
  if (error.code === 'commander.optionMissingArgument') {
    return new UsageError(`${title}: ${longName(error.message)} needs a value`, { hint })
  }
  const value = /argument '(.*)' is invalid\. (.*)$/s.exec(error.message)
  return new UsageError(`${title}: ${longName(error.message)} ${value?.[1]}: ${value?.[2]}`, {
    hint,
  })
}

const longName = (message: string) => /--[\w-]+/.exec(message)?.[0] ?? 'a flag'
