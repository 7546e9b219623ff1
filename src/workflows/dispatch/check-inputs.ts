import { UsageError } from '../../base/errors.js'
import { didYouMean, oneLine } from '../../base/text.js'
import type { WorkflowInput, WorkflowInputs } from './inputs.js'

/**
 * Holds the inputs given against those that the workflow names. All that is wrong is told at once: the first as the
 * error, the others in its details.
 *
 * @param workflow how it is called in the message
 * @throws UsageError
 */
export function checkInputs(
  workflow: string,
  known: WorkflowInputs,
  given: Record<string, string>,
): void {
  const wrong = [...unknown(workflow, known, given), ...missing(workflow, known, given)]
  for (const [name, input] of Object.entries(known)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    const error = value === undefined ? undefined : wrongValue(name, input, value)
    if (error !== undefined) wrong.push(error)
  }
  const [first, ...details] = wrong
  if (first === undefined) return
  throw new UsageError(first.message, { hint: first.remedy, details })
}

function unknown(workflow: string, known: WorkflowInputs, given: Record<string, string>) {
  const names = Object.keys(known)
  const list =
    names.length > 0
      ? `${workflow} has: ${names.map((name) => describe(name, known[name])).join(', ')}`
      : `${workflow} takes no inputs`
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => {
      const near = didYouMean(name, names)
      const hint = near === undefined ? list : `${near} ${list}`
      return new UsageError(`${workflow} has no input ${oneLine(name, 100)}`, {
        hint: oneLine(hint),
      })
    })
}

function missing(workflow: string, known: WorkflowInputs, given: Record<string, string>) {
  return Object.entries(known)
    .filter(([name, { required, hasDefault }]) => {
      return required && !hasDefault && !Object.hasOwn(given, name)
    })
    .map(
      ([name, input]) =>
        new UsageError(`${workflow} needs the input ${oneLine(name, 100)}`, {
          hint: oneLine(`add ${name}=… (${choices(input)})`),
        }),
    )
}

function wrongValue(name: string, input: WorkflowInput, value: string): UsageError | undefined {
  const isRight = types[input.type]
  if (isRight === undefined || isRight(value, input)) return undefined
  const near = didYouMean(value, input.options)
  return new UsageError(
    `the input ${oneLine(name, 100)} must be ${choices(input)}, not ${oneLine(value, 100) || 'empty'}`,
    { hint: near },
  )
}

/** Of a type that is not here anything may be right. */
const types: Record<string, (value: string, input: WorkflowInput) => boolean> = {
  boolean: (value) => value === 'true' || value === 'false',
  number: (value) => value.trim() !== '' && Number.isFinite(Number(value)),
  choice: (value, { options }) => options.length === 0 || options.includes(value),
  environment: (value) => value.trim() !== '',
}

const words: Record<string, string> = {
  boolean: 'true|false',
  number: 'a number',
  environment: 'the name of an environment',
}

/** What an input may be, in words. */
function choices({ type, options }: WorkflowInput): string {
  if (type === 'choice' && options.length > 0) return options.join('|')
  return words[type] ?? 'a text'
}

function describe(name: string, input: WorkflowInput | undefined): string {
  const known = input !== undefined && (input.type === 'choice' || input.type === 'boolean')
  return known ? `${name} (${choices(input)})` : name
}
