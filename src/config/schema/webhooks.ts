// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of YAML, not of JavaScript
import { z } from 'zod/mini'
import { hookPathPattern, isReservedPath } from '../../base/names/hook-path.js'
import { parseNetwork } from '../../base/names/network.js'
import { count, flag, localPath, text } from './fields.js'
import { days, size } from './units.js'
import { handlerKey, step } from './webhook-handlers.js'

const secret = z
  .string()
  .check(
    z.minLength(
      16,
      'expected a secret of at least 16 characters, such as the output of openssl rand -hex 32',
    ),
  )

const range = z.string().check(
  z.refine((text) => parseNetwork(text) !== null, {
    error: 'expected an address or a range such as 10.0.0.0/8',
  }),
)

const allowed = z.string().check(
  z.refine((text) => text === 'github' || parseNetwork(text) !== null, {
    error: 'expected github, an address or a range such as 10.0.0.0/8',
  }),
)

const postgresUrl = z
  .string()
  .check(z.regex(/^postgres(?:ql)?:\/\/./, 'expected an address: postgres://USER@HOST/DATABASE'))

const globOfRepositories = z.string().check(
  z.regex(/^[^/\s]+\/[^/\s]+$|^\*\*$/, {
    error: 'expected a repository or a pattern: OWNER/NAME or OWNER/*',
  }),
)

const store = z.strictObject({
  engine: z
    ._default(z.enum(['sqlite', 'postgres']), 'sqlite')
    .check(z.describe('sqlite for one machine, postgres for several.')),
  path: z
    ._default(localPath(), '.wizard/webhooks/deliveries.db')
    .check(z.describe('sqlite: the file of the database, inside ROOT, on a local file system.')),
  url: z
    .nullish(postgresUrl)
    .check(
      z.describe(
        'postgres: its address; better a variable, ${DATABASE_URL}, than the address itself.',
      ),
    ),
  schema: z
    ._default(
      z.string().check(z.regex(/^[a-z_][a-z0-9_]{0,62}$/, 'expected the name of a schema')),
      'wizard',
    )
    .check(z.describe('postgres: the schema of its tables.')),
  keep: z
    .prefault(days(3), '30d')
    .check(z.describe('How long to keep bodies and outputs of finished deliveries; at least 3d.')),
  keep_ids: z
    .prefault(days(3), '90d')
    .check(z.describe('How long to recognise redeliveries; at least keep.')),
  keep_dead: z.prefault(days(3), '90d').check(z.describe('How long to keep dead deliveries.')),
  max_size: z
    .prefault(size(), '2GiB')
    .check(
      z.describe(
        'Above it, the oldest bodies of finished deliveries are removed. Waiting and dead ones never are: new deliveries get 503 instead.',
      ),
    ),
})

/** webhooks.yaml */
export const webhooksFile = z.strictObject({
  webhooks: z
    .strictObject({
      enabled: z._default(flag(), false).check(z.describe('Whether to accept deliveries.')),
      secret: z
        .nullish(z.union([secret, z.array(secret)]))
        .check(
          z.describe(
            "The webhook's secret, at least 16 characters; better a variable, ${GITHUB_WEBHOOK_SECRET}, than the secret itself. A list while you rotate it. Unset: GITHUB_WEBHOOK_SECRET.",
          ),
        ),
      events: z
        ._default(z.array(z.string()), [])
        .check(
          z.describe('The events to handle; others are ignored. Default: those of the handlers.'),
        ),
      repositories: z
        ._default(z.array(globOfRepositories), [])
        .check(
          z.describe(
            'The repositories whose deliveries are handled: OWNER/NAME with * and **. Default: those of github.owner.',
          ),
        ),
      host: z._default(text(), '127.0.0.1').check(z.describe('The address that SERVE listens on.')),
      port: z._default(count(1, 65_535), 8787).check(z.describe('Its port.')),
      path: z
        ._default(
          z.string().check(
            z.regex(hookPathPattern, 'expected a path that begins with /'),
            z.refine((path) => !isReservedPath(path), {
              error: 'expected another path: SERVE uses this one itself',
            }),
          ),
          '/webhook',
        )
        .check(z.describe('The path of the hook.')),
      max_body: z
        .prefault(size(25 * 2 ** 20, '25MiB'), '25MiB')
        .check(z.describe('The largest payload.')),
      allow: z
        ._default(z.array(allowed), [])
        .check(
          z.describe(
            "Who may deliver: github (GitHub's published addresses), addresses, ranges. Default: anybody who knows the secret.",
          ),
        ),
      trusted_proxies: z
        ._default(z.array(range), [])
        .check(z.describe('Proxies whose X-Forwarded-For is trusted.')),
      metrics: z._default(flag(), true).check(z.describe('Whether GET /metrics answers.')),
      concurrency: z
        ._default(count(1, 64), 4)
        .check(z.describe('How many handlers may run at once on this machine.')),
      drain: z
        ._default(count(0, 86_400), 30)
        .check(z.describe('How many seconds SERVE waits for running handlers before it ends.')),
      recover: z
        ._default(z.array(text()), [])
        .check(
          z.describe(
            'Repositories and organizations whose missed deliveries SERVE requests when it starts.',
          ),
        ),
      store: z.prefault(store, {}).check(z.describe('Where to keep deliveries.')),
      handlers: z
        ._default(z.record(handlerKey, z.array(step)), {})
        .check(
          z.describe(
            'The handlers, by event, event:branch or event:action; the part after the colon may be a pattern. All that match run.',
          ),
        ),
    })
    .check(z.describe("GitHub's webhooks, and what they start.")),
})

export type WebhooksFile = z.infer<typeof webhooksFile>
