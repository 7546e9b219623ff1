import { readFile } from 'node:fs/promises'
import type { Octokit } from '@octokit/rest'
import { once } from '../../base/async/once.js'
import { crypto } from '../../base/builtin.js'
import type { Clock } from '../../base/clock.js'
import { ConfigError, GitHubAuthError } from '../../base/errors.js'
import { reasonOf } from '../../base/fs/system-error.js'
import { oneLine } from '../../base/text.js'
import type { TokenSource } from './credentials.js'

export interface AppSettings {
  id: number
  /** The path of its private key, a PEM file. */
  privateKey: string
  /** null: looked up; the one on the owner's account, or the only one. */
  installation?: number | null | undefined
}

/** A token is renewed this many milliseconds before it expires. */
const margin = 60_000

/**
 * The token of an App's installation, fetched on first use and again before it expires.
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
 *
 * @param octokit sends without a credential of its own
 */
export function appTokens(
  app: AppSettings,
  {
    owner,
    octokit,
    clock,
  }: { owner?: string | null; octokit: () => Promise<Octokit>; clock: Clock },
): TokenSource {
  const prepared = once(async () => prepare(app, owner ?? null, await octokit()))
  return {
    name: `GitHub App ${app.id}`,
    async read(fresh) {
      const { auth, installationId } = await prepared()
      const held = await auth({ type: 'installation', installationId, refresh: fresh })
      // The library keeps a token for 59 minutes, whatever its real expiry.
      if (Date.parse(held.expiresAt) - margin > clock.now()) return held.token
      return (await auth({ type: 'installation', installationId, refresh: true })).token
    },
  }
}

async function prepare(app: AppSettings, owner: string | null, octokit: Octokit) {
  const { createAppAuth } = await import('@octokit/auth-app')
  const auth = createAppAuth({
    appId: app.id,
    privateKey: await readKey(app.privateKey),
    request: octokit.request,
  })
  const jwt = async () => (await auth({ type: 'app' })).token
  return { auth, installationId: app.installation ?? (await findInstallation(octokit, owner, jwt)) }
}

async function readKey(path: string): Promise<string> {
  const key = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(`github.app.private_key: can't read ${path}: ${reasonOf(cause)}`, {
      cause,
    })
  })
  try {
    crypto().createPrivateKey(key)
    return key
  } catch (cause) {
    throw new ConfigError(`github.app.private_key: ${path} is not a private key`, {
      cause,
      hint: 'use the .pem file that GitHub gave you with the key',
    })
  }
}

async function findInstallation(
  octokit: Octokit,
  owner: string | null,
  jwt: () => Promise<string>,
): Promise<number> {
  const installations = await octokit.paginate(octokit.rest.apps.listInstallations, {
    per_page: 100,
    headers: { authorization: `Bearer ${await jwt()}` },
  })
  const named = installations.map(({ id, account }) => ({
    id,
    login: account && 'login' in account ? account.login : '',
  }))
  const own = named.filter(({ login }) => login.toLowerCase() === owner?.toLowerCase())
  const [only, another] = own.length > 0 ? own : named
  if (only !== undefined && another === undefined) return only.id
  const accounts = oneLine(named.map(({ login }) => login).join(', '), 200)
  throw new GitHubAuthError(
    only === undefined
      ? 'the GitHub App has no installation'
      : `the GitHub App is installed on several accounts: ${accounts}`,
    {
      hint:
        only === undefined
          ? "install it on the owner's account"
          : 'set github.owner to one of them, or github.app.installation to its id',
    },
  )
}
