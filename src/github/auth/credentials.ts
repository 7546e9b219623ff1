import { abortable, once } from '../../base/async/once.js'
import type { Clock } from '../../base/clock.js'
import type { Environment } from '../../base/environment.js'
import { GitHubAuthError } from '../../base/errors.js'
import { createWaits, type Waits } from '../../http/policy/waits.js'
import type { RequestListener, TransportCall } from '../transport/record.js'

/** A possible source of the token. */
export interface TokenSource {
  /** Follows "the token of" in messages: `GH_TOKEN`. */
  name: string
  /** undefined: it has no token. `fresh`: its last token was rejected. */
  read(fresh: boolean): Promise<string | undefined>
}

/** The credential of one API, looked up on first use. */
export interface Credentials {
  /** undefined: there is none, and public data is read without. @throws GitHubAuthError */
  token(): Promise<string | undefined>
  /** The token's source in words, never the token itself; null: there is none. */
  source(): Promise<string | null>
  /** Reads the token again after a 401; true if it differs from the rejected one. */
  renew(refused: string): Promise<boolean>
}

/**
 * Uses the first source that has a token; `learn` receives each token before it is used, to hide it
 * from all output.
 */
export function createCredentials(
  sources: TokenSource[],
  learn: (secret: string, source: TokenSource) => void,
): Credentials {
  const findSource = once(() => firstWithToken(sources))
  const read = async (fresh: boolean) => {
    const source = await findSource()
    const token = await source?.read(fresh)
    if (source === undefined || !token) return undefined
    learn(token, source)
    return checked(token, source.name)
  }
  return {
    token: () => read(false),
    source: async () => (await findSource())?.name ?? null,
    async renew(refused) {
      // If several requests are rejected at once, the first one renews the token for all.
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

/** A line break would begin another header, and a space is a copying mistake. */
function checked(token: string, source: string): string {
  if (/^[\u0021-\u007e]+$/.test(token)) return token
  throw new GitHubAuthError(
    `the token of ${source} contains blanks, line breaks or other characters that are not part of a token`,
    { hint: 'copy it again, without quotes and without a line break at the end' },
  )
}

export interface CredentialSettings {
  /** The token, or a function that returns the current one. */
  token?: string | (() => string | Promise<string>) | null | undefined
  /** The token's name in messages; default: its variable, or the configuration. */
  tokenSource?: string | undefined
  env: Environment
  /** Asks `gh auth token`; undefined if gh has none. */
  gh: () => Promise<string | undefined>
}

const variables = ['GH_TOKEN', 'GITHUB_TOKEN']

/** The configuration's token, `GH_TOKEN`, `GITHUB_TOKEN`, then gh's token. */
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

/** The credential for one call. A signal ends only this call's wait; default: the call's own. */
export interface CallCredentials {
  /** @see Credentials.token */
  token(signal?: AbortSignal): Promise<string | undefined>
  /** @see Credentials.source */
  source(signal?: AbortSignal): Promise<string | null>
  /** @see Credentials.renew */
  renew(refused: string, signal?: AbortSignal): Promise<boolean>
}

/**
 * The calls that wait for their client's credential. One fetch serves them all: if a call is
 * stopped, it stops waiting, and the others still get the token.
 */
export class CredentialWaiters {
  readonly #waiting = new Set<{ call: TransportCall }>()

  forCall(credentials: Credentials, call: TransportCall): CallCredentials {
    const wait = async <T>(work: Promise<T>, signal = call.signal): Promise<T> => {
      const waiter = { call }
      this.#waiting.add(waiter)
      try {
        return await abortable(work, signal)
      } finally {
        this.#waiting.delete(waiter)
      }
    }
    return {
      token: (signal) => wait(credentials.token(), signal),
      source: (signal) => wait(credentials.source(), signal),
      renew: (refused, signal) => wait(credentials.renew(refused), signal),
    }
  }

  /**
   * The call that fetches a token. It reports its requests to every waiting call, and waits for a
   * rate limit if one of them can.
   *
   * @param signal ends it together with the client
   */
  fetchingCall(clock: Clock, signal: AbortSignal): TransportCall {
    const listener: RequestListener = {
      // Who waits may change meanwhile.
      onStart: () => {},
      onRequest: (record) => this.#notify(({ listener }) => listener.onRequest(record)),
      onWait: (wait) => this.#notify(({ listener }) => listener.onWait(wait)),
    }
    const waits: Waits = {
      ...createWaits({ clock, deadline: null, signal, onWait: listener.onWait }),
      fits: (begun, until) => [...this.#waiting].some(({ call }) => call.waits.fits(begun, until)),
    }
    return { signal, waits, listener }
  }

  /** Once per call, however many of its requests wait. */
  #notify(one: (call: TransportCall) => void): void {
    for (const call of new Set([...this.#waiting].map(({ call }) => call))) one(call)
  }
}
