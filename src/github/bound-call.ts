import type { Call, CommonEvent } from '../base/call.js'
import { GitHubError } from '../base/errors.js'
import type { Git } from '../git/git.js'
import { createWaits } from '../http/policy/waits.js'
import type { Log } from '../logs/log.js'
import { endpoint } from './addresses.js'
import type { CallCredentials } from './auth/credentials.js'
import type { Connection } from './connection.js'
import { jsonOf, type Send } from './transport/message.js'
import { createRequestReporter, type TransportCall } from './transport/record.js'

/** The options of one call: see `GitHubClient.with`. */
export interface ClientCall extends Call<CommonEvent> {
  log?: Log | undefined
}

/** A connection as one call uses it: its requests end with the call's signal and report to its listener. */
export interface BoundCall {
  readonly send: Send
  /** For files. */
  readonly transfer: Send
  readonly credentials: CallCredentials
  /** The options of git; the credential goes only to the origin of the connection's `gitUrl`. */
  git(): Git
  /** Requests to the API so far, including retries and 304s. */
  requests(): number
}

export function bindCall(
  connection: Connection,
  { signal, deadline = null, emit, log }: ClientCall,
): BoundCall {
  const { clock, redactor: redact } = connection
  const reporter = createRequestReporter({ clock, emit, log, redact })
  const waits = createWaits({ clock, deadline, signal, onWait: reporter.onWait })
  const call = { signal, waits, listener: reporter }
  const credentials = connection.credentials(call)
  const { send, transfer } = connection.transport(call, credentials)
  return {
    send,
    transfer,
    credentials,
    git: () => gitOf(connection, call, credentials),
    requests: () => reporter.requests,
  }
}

function gitOf(connection: Connection, call: TransportCall, credentials: CallCredentials): Git {
  const { dispatcher, clock, gitUrl } = connection
  const { signal, waits } = call
  const { origin } = new URL(gitUrl)
  const isConfigured = (url: URL) => url.origin === origin
  return {
    dispatcher,
    clock,
    signal,
    waits,
    isConfigured,
    authorization: async (url) => {
      const token = isConfigured(url) ? await credentials.token() : undefined
      if (token === undefined) return undefined
      return `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
    },
    isPublic: (url) => isPublic(connection, call, credentials, url),
  }
}

/** Asks once: a wait for the API's own limit would hold up the news that a repository is missing. */
async function isPublic(
  connection: Connection,
  call: TransportCall,
  credentials: CallCredentials,
  url: URL,
): Promise<boolean> {
  const [, owner, repo] =
    /\/([^/]+)\/([^/]+?)(?:\.git)?(?:\/info\/refs|\/git-upload-pack)?$/.exec(
      url.href.startsWith(connection.gitUrl) ? url.pathname : '',
    ) ?? []
  if (owner === undefined || repo === undefined) return false
  const waits = { ...call.waits, fits: () => false }
  const { send } = connection.transport({ ...call, waits }, credentials)
  try {
    const path = endpoint(connection.baseUrl, `/repos/${owner}/${repo}`)
    const found = jsonOf(await send({ method: 'GET', url: path, headers: {} }))
    return typeof found === 'object' && found !== null && 'private' in found && !found.private
  } catch (error) {
    if (error instanceof GitHubError) return false
    throw error
  }
}
