import { parse } from 'yaml'
import { z } from 'zod/mini'
import { GitHubError, GitHubRateLimitError, PathError, UsageError } from '../../base/errors.js'
import { didYouMean, oneLine } from '../../base/text.js'
import type { Workflow } from '../../github/rest/actions/workflows.js'
import type { Api } from '../../github/rest/api.js'
import { getFileContent } from '../../github/rest/contents.js'
import type { Repo } from '../session.js'

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])

const inputShape = z.pipe(
  z.nullable(
    z.object({
      description: z.nullish(z.string()),
      required: z.nullish(z.boolean()),
      default: z.optional(scalar),
      type: z.nullish(z.string()),
      options: z.nullish(z.array(scalar)),
    }),
  ),
  z.transform(
    (input): WorkflowInput => ({
      required: input?.required ?? false,
      description: input?.description ?? null,
      default:
        input?.default === undefined || input.default === null ? null : String(input.default),
      type: input?.type ?? 'string',
      options: (input?.options ?? []).map(String),
    }),
  ),
)

/** An input of a workflow, as its file describes it. */
export interface WorkflowInput {
  required: boolean
  description: string | null
  /** As text; null: it has none. */
  default: string | null
  /** `string`, `boolean`, `choice`, `number`, `environment`. */
  type: string
  /** Of a choice. */
  options: string[]
}

/** By name. */
export type WorkflowInputs = Record<string, WorkflowInput>

/** `on` is an event, a list of events, or a map with the settings of each. */
const workflowFile = z.object({
  on: z.record(z.string(), z.unknown()).check(z.refine((on) => 'workflow_dispatch' in on)),
})
const dispatchSettings = z.pipe(
  z.nullable(z.object({ inputs: z.nullish(z.record(z.string(), inputShape)) })),
  z.transform((settings) => settings?.inputs ?? {}),
)

/**
 * Reads the inputs of a workflow's file at a ref. null if the file can't be read or has an unknown
 * form: then GitHub's answer to the dispatch decides.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onworkflow_dispatchinputs
 *
 * @throws GitHubRateLimitError, and the signal's reason
 */
export async function readInputs(
  github: Api,
  { owner, repo }: Repo,
  { path }: Workflow,
  ref: string | undefined,
): Promise<WorkflowInputs | null> {
  try {
    return parseInputs(await getFileContent(github, owner, repo, path, ref))
  } catch (error) {
    if (error instanceof GitHubRateLimitError) throw error
    if (error instanceof GitHubError || error instanceof PathError) return null
    throw error
  }
}

export function parseInputs(text: string): WorkflowInputs | null {
  const file = workflowFile.safeParse(yaml(text))
  if (!file.success) return withoutSettings(text)
  const settings = dispatchSettings.safeParse(file.data.on.workflow_dispatch)
  return settings.success ? settings.data : null
}

/** `on: workflow_dispatch` and `on: [push, workflow_dispatch]` have no inputs. */
function withoutSettings(text: string): WorkflowInputs | null {
  const on = z.object({ on: z.union([z.string(), z.array(z.string())]) }).safeParse(yaml(text))
  return on.success && [on.data.on].flat().includes('workflow_dispatch') ? {} : null
}

/** undefined if it is not YAML. */
function yaml(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent' })
  } catch {
    return undefined
  }
}

/**
 * Checks the given inputs against the workflow's. Reports all errors at once: the first as the
 * error, the others in its details.
 *
 * @param workflow its name in the message
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
    const error = value === undefined ? null : wrongInput(name, input, value)
    if (error !== null) wrong.push(error)
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
    .filter(([name, { required, default: usual }]) => {
      return required && usual === null && !Object.hasOwn(given, name)
    })
    .map(
      ([name, input]) =>
        new UsageError(`${workflow} needs the input ${oneLine(name, 100)}`, {
          hint: oneLine(`add ${name}=… (${choices(input)})`),
        }),
    )
}

/** Why an input can't have a value; null: it can. */
export function wrongInput(name: string, input: WorkflowInput, value: string): UsageError | null {
  const isRight = types[input.type]
  if (isRight === undefined || isRight(value, input)) return null
  const near = didYouMean(value, input.options)
  return new UsageError(
    `the input ${oneLine(name, 100)} must be ${choices(input)}, not ${oneLine(value, 100) || 'empty'}`,
    { hint: near },
  )
}

/** Any value may be valid for an unlisted type. */
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

/** The possible values of an input, in words. */
function choices({ type, options }: WorkflowInput): string {
  if (type === 'choice' && options.length > 0) return options.join('|')
  return words[type] ?? 'a text'
}

function describe(name: string, input: WorkflowInput | undefined): string {
  const known = input !== undefined && (input.type === 'choice' || input.type === 'boolean')
  return known ? `${name} (${choices(input)})` : name
}
