import { createHash } from 'node:crypto'
import { bodyFormatOf } from '../body-format.js'
import { type DeliveryHeaders, readHeaders } from '../receive/headers.js'
import { isSignedBy } from '../receive/signature.js'
import type { ReceivedDelivery } from '../store/store.js'

export interface ChannelRules {
  secrets: readonly string[]
  /** Bytes. */
  maxBody: number
}

/** What a channel has passed on, or why it is not taken. */
export type ChannelMessage =
  | { kind: 'delivery'; received: ReceivedDelivery }
  | { kind: 'refused'; event: string; delivery: string; reason: string }
  /** A message of the channel itself, such as `ready`. */
  | { kind: 'other' }

/**
 * Reads a message of smee or gosmee: JSON with the headers as keys. gosmee's `bodyB` is the raw bytes
 * in base64. smee's `body` was parsed, so its bytes are those of `JSON.stringify`. Often these do
 * not fit the signature, and the delivery can't be taken.
 */
export function readChannelMessage(text: string, rules: ChannelRules): ChannelMessage {
  const message = objectIn(text)
  const headers = message === null ? {} : headersIn(message)
  const { 'x-github-event': event, 'x-github-delivery': delivery = '' } = headers
  if (message === null || event === undefined) return { kind: 'other' }
  const refuse = (reason: string) => ({ kind: 'refused' as const, event, delivery, reason })
  const { 'content-length': _, ...others } = headers
  const head = readHeaders(others, rules.maxBody)
  if (typeof head === 'number')
    return refuse(faults[head] ?? 'its headers are not those of a delivery')
  const isExact = typeof message.bodyB === 'string'
  const body = isExact ? Buffer.from(String(message.bodyB), 'base64') : bytesOf(message.body, head)
  if (body.length > rules.maxBody) return refuse(tooLarge)
  const { signature, ...kept } = head
  if (!isSignedBy(body, signature, rules.secrets)) return refuse(isExact ? unsigned : changed)
  const sha256 = createHash('sha256').update(body).digest('hex')
  return { kind: 'delivery', received: { ...kept, body, sha256, source: 'http' } }
}

const tooLarge = 'it is larger than max_body'
const unsigned = 'its signature does not match a secret in webhooks.yaml'
const changed =
  'the signature does not match: the channel changed the body, or the secret is different; gosmee channels keep the bytes'

const faults: Partial<Record<number, string>> = {
  400: 'its delivery id or its event is malformed',
  401: 'it has no signature: the hook has no secret',
  415: 'it is neither JSON nor a form',
}

function bytesOf(body: unknown, { headers }: DeliveryHeaders): Buffer {
  if (typeof body === 'string') return Buffer.from(body)
  const isForm = bodyFormatOf(headers['content-type']) === 'form'
  const { payload } = { payload: undefined, ...(body as object | null) }
  if (isForm && typeof payload === 'string') {
    return Buffer.from(new URLSearchParams({ payload }).toString())
  }
  return Buffer.from(JSON.stringify(body ?? null))
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}

const headersIn = (message: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(message)
      .filter(([, value]) => typeof value === 'string')
      .map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
