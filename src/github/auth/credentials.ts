import { once } from '../../base/async/once.js'
import type { Environment } from '../../base/environment.js'
import { GitHubAuthError } from '../../base/errors.js'

/** Where a token may come from. */
export interface TokenSource {
  /** In words that stand after "the token of": `GH_TOKEN`. */
  name: string
  /** undefined: it has none. `fresh`: the one it gave last was refused. */
  read(fresh: boolean): Promise<string | undefined>
}

/** The credential of one API, looked for when it is first needed. */
export interface Credentials {
  /** undefined: there is none, and reads of what is public go without. @throws GitHubAuthError */
  token(): Promise<string | undefined>
  /** Where it comes from, in words, never the token itself; null: there is none. */
  source(): Promise<string | null>
  /** Reads it again after a 401; true where it is another one than the one refused. */
  renew(refused: string): Promise<boolean>
}

/** The first source that has a token; `learn` is told each token before it is used, to hide it from all output. */
export function createCredentials(
  sources: TokenSource[],
  learn: (secret: string, source: TokenSource) => void,
): Credentials {
  const choose = once(() => firstWithToken(sources))
  const read = async (fresh: boolean) => {
    const source = await choose()
    const token = await source?.read(fresh)
    if (source === undefined || !token) return undefined
    learn(token, source)
    return checked(token, source.name)
  }
  return {
    token: () => read(false),
    source: async () => (await choose())?.name ?? null,
    async renew(refused) {
      // Of several requests refused at once the first reads it again for all.
      if ((await read(false)) !== refused) return true
      const renewed = await read(true)
      return renewed !== undefined && renewed !== refused
    },
  }
}

async function firstWithToken(sources: TokenSource[]): Promise<TokenSource | undefined> {
  for (const source of sources) {
    if (await source.read(false)) return source
  }
  return undefined
}

/** A line break would end the header and begin another, and a blank is a slip of copying. */
function checked(token: string, source: string): string {
  if (/^[\u0021-\u007e]+$/.test(token)) return token
  throw new GitHubAuthError(
    `the token of ${source} holds blanks, line breaks or other characters that no token has`,
    { hint: 'copy it again, without quotes and without a line break at its end' },
  )
}

export interface CredentialSettings {
  /** As it is, or a function that gives the present one. */
  token?: string | (() => string | Promise<string>) | null | undefined
  /** What the token is called in messages; default: the variable that holds it, or the configuration. */
  tokenSource?: string | undefined
  env: Environment
  /** Asks `gh auth token`; undefined where it has none. */
  gh: () => Promise<string | undefined>
}

const variables = ['GH_TOKEN', 'GITHUB_TOKEN']

/** The token of the configuration, `GH_TOKEN`, `GITHUB_TOKEN`, then what `gh` holds. */
export function tokenSources(settings: CredentialSettings): TokenSource[] {
  const { token, tokenSource, env, gh } = settings
  let held: Promise<string | undefined> | undefined
  return [
    {
      name: tokenSource ?? variables.find((name) => env[name] === token) ?? 'the configuration',
      read: async () => (typeof token === 'function' ? token() : (token ?? undefined)),
    },
    ...variables.map((name) => ({ name, read: async () => env[name] })),
    {
      name: '`gh auth token`',
      read(fresh) {
        if (fresh || held === undefined) held = gh()
        return held
      },
    },
  ]
}
