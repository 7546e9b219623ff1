import { parse } from 'yaml'
import { z } from 'zod'
import { GitHubError, GitHubRateLimitError, PathError } from '../../base/errors.js'
import type { Api } from '../../github/rest/api.js'
import { getFileContent } from '../../github/rest/contents.js'
import type { Workflow } from '../../github/rest/workflows.js'
import type { Repo } from '../deps.js'

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])

const inputShape = z
  .object({
    description: z.string().nullish(),
    required: z.boolean().nullish(),
    default: scalar.optional(),
    type: z.string().nullish(),
    options: z.array(scalar).nullish(),
  })
  .nullable()
  .transform((input) => ({
    required: input?.required ?? false,
    hasDefault: input?.default !== undefined && input.default !== null,
    /** `string`, `boolean`, `choice`, `number`, `environment`. */
    type: input?.type ?? 'string',
    options: (input?.options ?? []).map(String),
  }))

export type WorkflowInput = z.output<typeof inputShape>

/** By name. */
export type WorkflowInputs = Record<string, WorkflowInput>

/** `on` is an event, a list of events, or a map with the settings of each. */
const workflowFile = z.object({
  on: z.record(z.string(), z.unknown()).refine((on) => 'workflow_dispatch' in on),
})
const dispatchSettings = z
  .object({ inputs: z.record(z.string(), inputShape).nullish() })
  .nullable()
  .transform((settings) => settings?.inputs ?? {})

/**
 * The inputs that a workflow's file names at a ref. null where the file can't be read or says something that is not
 * understood here: then GitHub's own answer to the dispatch decides.
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

/** undefined for what is no YAML. */
function yaml(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent' })
  } catch {
    return undefined
  }
}
