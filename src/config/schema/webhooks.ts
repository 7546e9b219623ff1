// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of YAML, not of JavaScript
import { z } from 'zod/mini'
import { flag, fullName, text } from './fields.js'

const actions = [
  'run_tests',
  'run_workflow',
  'sync_repo',
  'sync_release',
  'publish_release',
  'exec',
] as const

const step = z
  .strictObject({
    action: z.enum(actions).check(z.describe('What is done.')),
    payload: z
      .optional(z.record(z.string(), z.unknown()))
      .check(z.describe('What the action is given, such as { repo: uDOS }.')),
    exec: z
      .optional(z.array(z.string()).check(z.minLength(1)))
      .check(
        z.describe(
          'With action: exec, the command and its arguments, run without a shell; the delivery is on its standard input.',
        ),
      ),
  })
  .check(
    z.refine(({ action, exec }) => (action === 'exec') === (exec !== undefined), {
      error: 'expected the command as a list, with action: exec and no other',
      path: ['exec'],
    }),
    z.refine(({ action, payload }) => action !== 'exec' || payload === undefined, {
      error: 'expected no payload with action: exec',
      path: ['payload'],
    }),
  )

const secret = text()

/** webhooks.yaml */
export const webhooksFile = z.strictObject({
  webhooks: z
    .strictObject({
      enabled: z._default(flag(), false).check(z.describe('Whether deliveries are taken.')),
      secret: z
        .nullish(z.union([secret, z.array(secret)]))
        .check(
          z.describe(
            "The webhook's secret, better written as ${GITHUB_WEBHOOK_SECRET} than as it is; a list while it is being rotated. Unset: GITHUB_WEBHOOK_SECRET.",
          ),
        ),
      events: z
        ._default(
          z.array(
            z
              .string()
              .check(
                z.regex(/^[a-z_]+$/, { error: 'expected the name of an event, such as push' }),
              ),
          ),
          [],
        )
        .check(z.describe('The events that are taken. Default: those that have a handler.')),
      repositories: z
        ._default(z.array(fullName()), [])
        .check(
          z.describe(
            'The repositories whose deliveries are taken, OWNER/NAME; of others none are.',
          ),
        ),
      forks: z
        ._default(flag(), false)
        .check(z.describe('Whether pull requests from forks are handled.')),
      handlers: z
        ._default(
          z.record(
            z.string().check(
              z.regex(/^[a-z_]+(?::\S+)?$/, {
                error: 'expected event, event:branch or event:action, such as push:main',
              }),
            ),
            z.array(step),
          ),
          {},
        )
        .check(z.describe('What is done, in order, by event, event:branch or event:action.')),
    })
    .check(z.describe("GitHub's webhooks, and what they start.")),
})

export type StepValues = z.infer<typeof step>
export type WebhooksFile = z.infer<typeof webhooksFile>
