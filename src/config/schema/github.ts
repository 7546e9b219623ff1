// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of YAML, not of JavaScript
import { z } from 'zod/mini'
import { defaultBaseUrl, parseUrl } from '../../base/names/host.js'
import { address, count, localPath, ownerName, proxyAddress } from './fields.js'

/**
 * A credential becomes a header: other characters would break the request, or show the credential
 * in an error.
 */
const token = z
  .string()
  .check(z.trim(), z.regex(/^[\x21-\x7e]+$/, { error: 'expected a token, without blanks in it' }))

export const githubKeys = z.strictObject({
  token: z
    .nullish(token)
    .check(
      z.describe(
        'A personal access or fine-grained token; better a variable, ${GITHUB_TOKEN}, than the token itself. Unset: GH_TOKEN, GITHUB_TOKEN, then `gh auth token --hostname HOST` if gh is installed.',
      ),
    ),
  app: z
    .nullish(
      z.strictObject({
        id: z.int().check(z.positive(), z.describe("The App's id.")),
        private_key: localPath().check(
          z.describe('Its private key, a PEM file; relative to this file.'),
        ),
        installation: z.int().check(z.positive(), z.describe('The id of its installation.')),
      }),
    )
    .check(z.describe('A GitHub App to act as, instead of a token.')),
  owner: z
    .nullish(ownerName())
    .check(
      z.describe(
        'The organization or user of repositories that are named without one. Unset: GITHUB_OWNER.',
      ),
    ),
  base_url: z
    .nullish(
      address().check(
        z.refine((url) => parseUrl(url)?.hostname !== 'github.com', `expected ${defaultBaseUrl}`),
      ),
    )
    .check(
      z.meta({ default: defaultBaseUrl }),
      z.describe(
        "The API's address: https only, except on this machine. GitHub Enterprise Server: https://HOST/api/v3. Unset: GITHUB_API_URL, GH_HOST.",
      ),
    ),
  git_url: z
    .nullish(address())
    .check(
      z.describe(
        'Where git is served. Unset: derived from base_url (https://api.github.com: https://github.com; https://HOST/api/v3: https://HOST; otherwise its origin).',
      ),
    ),
  timeout: z
    ._default(z.number().check(z.positive(), z.lte(86_400)), 30)
    .check(z.describe('Seconds without progress after which one request has failed.')),
  retry_attempts: z
    ._default(count(0, 20), 3)
    .check(z.describe('How often to retry a request that failed on the network.')),
  proxy: z
    .nullish(proxyAddress())
    .check(
      z.meta({ default: null }),
      z.describe(
        'The proxy for everything, http://HOST:PORT. Unset: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY.',
      ),
    ),
  concurrency: z
    ._default(count(1, 100), 8)
    .check(z.describe('How many repositories to work on at once.')),
})

export const gitKeys = z.strictObject({
  engine: z
    ._default(z.enum(['wizard', 'isomorphic-git']), 'wizard')
    .check(
      z.describe(
        "What fetches and stores the objects of a clone or pull: wizard's own git, or isomorphic-git. wizard does everything else of git itself.",
      ),
    ),
})

/** github.yaml */
export const githubFile = z.strictObject({
  github: z
    .optional(
      githubKeys.check(
        z.refine(({ token, app }) => token == null || app == null, {
          error: 'expected either a token or an app, not both',
          path: ['app'],
        }),
      ),
    )
    .check(z.describe('GitHub: the account, the server, and the connection.')),
  git: z.optional(gitKeys).check(z.describe('How to fetch repositories.')),
  root: z
    .optional(localPath())
    .check(
      z.meta({ default: '.' }),
      z.describe(
        'ROOT, the folder of destinations, logs and plugins. Relative to the default: the folder that contains config/ (or wizard/config/), or $XDG_DATA_HOME/wizard with your own configuration. Overridden by WIZARD_ROOT and --root.',
      ),
    ),
  logs: z
    ._default(localPath(), 'memory/logs')
    .check(z.describe('The folder of the logs, inside ROOT.')),
  logs_keep_days: z
    ._default(count(1, 36_500), 30)
    .check(z.describe('How many days to keep a log.')),
})

export type GitHubFile = z.infer<typeof githubFile>
