import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { statusName } from '../../base/builtin.js'
import type { Clock } from '../../base/clock.js'

/** One request and its answer. */
export interface ServedRequest {
  request: IncomingMessage
  response: ServerResponse
}

export interface Answer {
  status: number
  /** JSON, unless `headers` have another `Content-Type`. */
  text: string
  headers?: Readonly<Record<string, string>>
  isRefusal?: boolean
}

export const jsonAnswer = (status: number, value: unknown): Answer => ({
  status,
  text: `${JSON.stringify(value)}\n`,
})

/** Seconds after which GitHub, or RECOVER, may try again. */
const retryAfter = '30'

export const refusals = {
  400: 'the request, its delivery id or its event is malformed',
  401: 'the signature is missing or wrong',
  403: 'this address is not allowed',
  404: 'nothing is here',
  405: 'this method is not allowed',
  408: 'the request came too slowly',
  413: 'the body is too large',
  415: 'the body is neither JSON nor a form',
  431: 'the headers are too large',
  503: "it can't be stored now; send it again later",
} as const

export type RefusalStatus = keyof typeof refusals

/** Repeats nothing of the request. */
export function refusalAnswer(status: RefusalStatus, headers: Record<string, string> = {}): Answer {
  const answer = jsonAnswer(status, { error: refusals[status] })
  const retry = { 'Retry-After': retryAfter }
  return { ...answer, headers: status === 503 ? retry : headers, isRefusal: true }
}

/** Milliseconds that a client gets to read an answer that came before the end of its request. */
const lingering = 500

/**
 * Sends an answer. The rest of an unread body is not read: the connection is closed after a pause,
 * because an immediate reset could overtake the answer.
 */
export function sendAnswer(
  { request, response }: ServedRequest,
  { status, text, headers }: Answer,
  { clock, mustClose }: { clock: Clock; mustClose: boolean },
): void {
  const isUnread = hasUnreadBody(request)
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
    ...(mustClose ? { Connection: 'close' } : {}),
  })
  if (!isUnread) {
    response.end(text)
    return
  }
  request.pause()
  response.write(text)
  const unset = clock.after(lingering, () => response.end())
  response.once('close', unset)
}

export const hasUnreadBody = ({ complete, headers }: IncomingMessage): boolean =>
  !complete &&
  (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0)

/** Refuses bytes that are not a request: node has no response object for them. */
export function refuseSocket(socket: Duplex, status: RefusalStatus, clock: Clock): void {
  const { text } = refusalAnswer(status)
  const head = [
    `HTTP/1.1 ${status} ${statusName(status)}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`)
  const unset = clock.after(lingering, () => socket.destroy())
  socket.once('close', unset)
}
