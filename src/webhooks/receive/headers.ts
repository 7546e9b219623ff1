import type { IncomingHttpHeaders } from 'node:http'
import { bodyFormatOf } from '../body-format.js'
import type { ReceivedDelivery } from '../store/store.js'
import type { RefusalStatus } from './answer.js'
import { isSignature } from './signature.js'

/** What a delivery's headers say. */
export interface DeliveryHeaders
  extends Pick<ReceivedDelivery, 'delivery' | 'hookId' | 'event' | 'headers'> {
  /** `X-Hub-Signature-256` */
  signature: string
}

/** GitHub sends a UUID; `RECEIVE --delivery` takes others. */
export const deliveryIdPattern = /^[A-Za-z0-9._-]{1,100}$/
export const eventPattern = /^[a-z0-9_]{1,60}$/

/**
 * Reads the headers of a delivery before its body is read.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
 *
 * @param maxBody bytes
 * @returns the status of the refusal if they are not those of a delivery
 */
export function readHeaders(
  headers: IncomingHttpHeaders,
  maxBody: number,
): DeliveryHeaders | RefusalStatus {
  if (Number(headers['content-length'] ?? 0) > maxBody) return 413
  if (bodyFormatOf(headers['content-type']) === null) return 415
  if (!/^(?:identity)?$/i.test(headers['content-encoding'] ?? '')) return 415
  const signature = textOf(headers['x-hub-signature-256'])
  if (!isSignature(signature)) return 401
  const delivery = textOf(headers['x-github-delivery'])
  const event = textOf(headers['x-github-event'])
  if (!deliveryIdPattern.test(delivery) || !eventPattern.test(event)) return 400
  const hook = textOf(headers['x-github-hook-id'])
  const hookId = /^\d{1,20}$/.test(hook) ? hook : null
  return { delivery, hookId, event, headers: keptHeaders(headers), signature }
}

/** Node joins a repeated header with a comma, which none of the patterns above allow. */
const textOf = (value: string | string[] | undefined) => String(value ?? '')

/** Those that are kept with the delivery; never a signature. */
export const keptHeaders = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => /^(?:x-github-.*|content-type|user-agent)$/.test(name))
      .map(([name, value]) => [name, textOf(value)]),
  )
