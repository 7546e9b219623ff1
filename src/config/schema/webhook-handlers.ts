import { z } from 'zod/mini'
import { explain } from './explain.js'
import { count, flag, localPath, refName, repository, text, variableName } from './fields.js'
import { parsePlaceholder } from './webhook-placeholders.js'

/* The handlers of webhooks.yaml: the actions, and what each is given. */

const scalar = z.union([z.string(), z.number(), z.boolean()])
const target = () =>
  text().check(z.describe('OWNER/NAME, or a name of repos.yaml or components.yaml.'))

/** What each action is given in `payload`. */
const payloads = {
  run_tests: z
    .strictObject({
      repo: z.optional(repository()),
      component: z.optional(text()),
      ref: z.optional(z.union([refName(), placeholder()])),
    })
    .check(
      z.refine(({ repo, component }) => repo === undefined || component === undefined, {
        error: 'expected repo or component, not both',
        path: ['component'],
      }),
    ),
  run_workflow: z.strictObject({
    target: target(),
    ref: z.optional(z.union([refName(), placeholder()])),
    inputs: z._default(z.record(z.string(), scalar), {}),
    wait: z._default(flag(), false),
  }),
  sync_repo: z.strictObject({ target: z.optional(target()) }),
  sync_release: z.strictObject({ target: z.optional(target()), dir: z.optional(localPath()) }),
  publish_release: z.strictObject({ target: target() }),
  exec: z.strictObject({
    cmd: z.array(z.string()).check(
      z.minLength(1, 'expected the program and its arguments'),
      z.refine(([program = '']) => program !== '' && parsePlaceholder(program) === null, {
        error: 'expected a program, not a placeholder',
        path: [0],
      }),
    ),
    dir: z.optional(localPath()),
    env: z._default(z.array(variableName()), []),
    stdin: z._default(flag(), true),
  }),
} as const

type ActionName = keyof typeof payloads
/** An action, and what it is given. */
type ActionStep = {
  [Name in ActionName]: { action: Name; payload: z.infer<(typeof payloads)[Name]> }
}[ActionName]

const actionNames = Object.keys(payloads) as [ActionName, ...ActionName[]]

/** A function, because the table above needs it. */
function placeholder() {
  return z
    .string()
    .check(
      z.refine(
        (text) => parsePlaceholder(text) !== null,
        'expected a placeholder such as {branch}',
      ),
    )
}

export const handlerKey = z.string().check(
  z.regex(/^[a-z0-9_]+(?::\S+)?$/, {
    error: 'expected event, event:branch or event:action, such as push:main',
  }),
)

const condition = z.nullable(scalar)

export const step = z
  .strictObject({
    action: z.enum(actionNames).check(z.describe('What to do.')),
    payload: z
      .prefault(z.record(z.string(), z.unknown()), {})
      .check(
        z.describe(
          'The parameters of the action: run_tests repo or component, ref; run_workflow target, ref, inputs, wait; sync_repo target; sync_release target, dir; publish_release target; exec cmd, dir, env, stdin.',
        ),
      ),
    name: z
      .optional(
        z
          .string()
          .check(
            z.regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'expected a name: letters, digits, dots, hyphens'),
          ),
      )
      .check(z.describe('Its unique name. Default: the action, with -2, -3 …')),
    concurrency: z
      .optional(count(1, 1000))
      .check(
        z.describe(
          'How many of its runs may be active at once, across all machines. Default: 1 for exec, otherwise no limit.',
        ),
      ),
    order: z
      ._default(z.enum(['repository', 'none']), 'repository')
      .check(z.describe('repository: one after another, in order of arrival; none: at once.')),
    coalesce: z
      .optional(flag())
      .check(
        z.describe(
          'Run only the newest of several waiting deliveries for the same repository and ref. Default: true for sync_repo, otherwise false.',
        ),
      ),
    timeout: z
      .optional(count(1, 86_400))
      .check(z.describe('Time limit in seconds. Default: 1800 for run_tests, otherwise 600.')),
    attempts: z
      ._default(count(1, 20), 5)
      .check(z.describe('After how many failed starts it is dead.')),
    backoff: z
      ._default(count(1, 3600), 10)
      .check(z.describe('Seconds until the second start; doubled each time, at most an hour.')),
    forks: z
      ._default(flag(), false)
      .check(z.describe('Whether to handle pull requests from forks.')),
    if: z
      ._default(z.record(z.string(), condition), {})
      .check(
        z.describe('Values of the payload that must be equal, such as pull_request.draft: false.'),
      ),
  })
  .check(
    z.check<{ action: ActionName; payload: Record<string, unknown> }>(({ value, issues }) => {
      const parsed = payloads[value.action].safeParse(value.payload, { error: explain })
      if (parsed.success) Object.assign(value, { payload: parsed.data })
      else for (const issue of parsed.error.issues) issues.push(inPayload(issue))
    }),
  )

const inPayload = (issue: z.core.$ZodIssue): z.core.$ZodRawIssue => ({
  ...(issue as z.core.$ZodRawIssue),
  path: ['payload', ...issue.path],
})

export type StepValues = Omit<z.infer<typeof step>, 'action' | 'payload'> & ActionStep
