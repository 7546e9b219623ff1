// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of YAML, not of JavaScript
import { z } from 'zod'
import { defaultBaseUrl, parseUrl } from '../../base/names/host.js'
import { address, count, localPath, ownerName, proxyAddress } from './fields.js'

/**
 * A credential becomes a header: other characters would break the request, or show the credential
 * in an error.
 */
const token = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]+$/, { error: 'expected a token, without blanks in it' })

export const githubKeys = z.strictObject({
  token: token
    .nullish()
    .describe(
      'A personal access or fine-grained token. Unset: GH_TOKEN, GITHUB_TOKEN, then `gh auth token --hostname HOST` where gh is installed. Better written as ${GITHUB_TOKEN} than as it is.',
    ),
  app: z
    .strictObject({
      id: z.int().positive().describe("The App's id."),
      private_key: localPath().describe('Its private key, a PEM file; relative to this file.'),
      installation: z.int().positive().describe('The id of its installation.'),
    })
    .nullish()
    .describe('A GitHub App to act as, instead of a token.'),
  owner: ownerName()
    .nullish()
    .describe('The organisation or user of repositories named without one. Unset: GITHUB_OWNER.'),
  base_url: address()
    .refine((url) => parseUrl(url)?.hostname !== 'github.com', `expected ${defaultBaseUrl}`)
    .nullish()
    .meta({ default: defaultBaseUrl })
    .describe(
      "The API's address: https only, except on this machine. GitHub Enterprise Server: https://HOST/api/v3. Unset: GITHUB_API_URL, GH_HOST.",
    ),
  git_url: address()
    .nullish()
    .describe(
      'Where git is served. Unset: derived from base_url (https://api.github.com: https://github.com; https://HOST/api/v3: https://HOST; else its origin).',
    ),
  timeout: z
    .number()
    .positive()
    .max(86_400)
    .default(30)
    .describe('Seconds without progress after which one request has failed.'),
  retry_attempts: count(0, 20)
    .default(3)
    .describe('How many times a request that failed on the way is tried again.'),
  proxy: proxyAddress()
    .nullish()
    .meta({ default: null })
    .describe(
      'The proxy for everything, http://HOST:PORT. Unset: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY.',
    ),
  concurrency: count(1, 100).default(8).describe('How many repositories are handled at a time.'),
})

/** github.yaml */
export const githubFile = z.strictObject({
  github: githubKeys
    .refine(({ token, app }) => token == null || app == null, {
      error: 'expected either a token or an app, not both',
      path: ['app'],
    })
    .optional()
    .describe('GitHub: who asks, where, and how.'),
  root: localPath()
    .optional()
    .meta({ default: '.' })
    .describe(
      'ROOT, where destinations, logs and plugins live. Relative to the default: the folder that holds config/ (or wizard/config/), or $XDG_DATA_HOME/wizard for the configuration of your own. Overridden by WIZARD_ROOT and --root.',
    ),
  logs: localPath().default('memory/logs').describe('The folder of the logs, inside ROOT.'),
  logs_keep_days: count(1, 36_500).default(30).describe('How many days a log is kept.'),
})

export type GitHubFile = z.infer<typeof githubFile>
