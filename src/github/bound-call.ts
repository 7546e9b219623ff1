import type { Call, CommonEvent } from '../base/call.js'
import type { Git } from '../git/git.js'
import { createWaits } from '../http/policy/waits.js'
import type { Log } from '../logs/log.js'
import type { CallCredentials } from './auth/credential-waiters.js'
import type { Connection } from './connection.js'
import type { TransportCall } from './transport/call.js'
import type { Send } from './transport/message.js'
import { createRequestReporter } from './transport/request-reporter.js'

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

function gitOf(
  { dispatcher, clock, gitUrl }: Connection,
  { signal, waits }: TransportCall,
  credentials: CallCredentials,
): Git {
  const { origin } = new URL(gitUrl)
  return {
    dispatcher,
    clock,
    signal,
    waits,
    authorization: async (url) => {
      const token = url.origin === origin ? await credentials.token() : undefined
      if (token === undefined) return undefined
      return `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
    },
  }
}
