import type { Access } from './access.js'
import { type Answer, jsonAnswer, refusalAnswer, type ServedRequest } from './answer.js'
import { type ByteBudget, readBody } from './body.js'
import type { Connections } from './connections.js'
import type { GroupCommit } from './group-commit.js'
import { type DeliveryHeaders, readHeaders } from './headers.js'
import { startDigests } from './signature.js'

export interface DeliveryRules {
  /** Any of them may have signed. */
  secrets: readonly string[]
  /** Bytes. */
  maxBody: number
  access: Access
}

export interface DeliveryReceiver {
  commit: GroupCommit
  budget: ByteBudget
  connections: Connections
}

/**
 * Receives one delivery. Its headers are checked before the body is read; nothing is parsed.
 *
 * @returns null if the client is gone
 */
export async function receiveDelivery(
  served: ServedRequest,
  client: string | null,
  rules: DeliveryRules,
  receiver: DeliveryReceiver,
): Promise<Answer | null> {
  const { request } = served
  const isAllowed = await rules.access.isAllowed(client)
  if (isAllowed !== true) return refusalAnswer(isAllowed === null ? 503 : 403)
  if (request.method !== 'POST') return refusalAnswer(405, { Allow: 'POST' })
  const headers = readHeaders(request.headers, rules.maxBody)
  if (typeof headers === 'number') return refusalAnswer(headers)
  return receiveBody(served, headers, rules, receiver)
}

async function receiveBody(
  { request, response }: ServedRequest,
  { signature, ...headers }: DeliveryHeaders,
  { secrets, maxBody }: DeliveryRules,
  { commit, budget, connections }: DeliveryReceiver,
): Promise<Answer | null> {
  if (isExpectant(request.headers.expect)) response.writeContinue()
  const digests = startDigests(secrets)
  const { outcome, refuse } = readBody(request, { maxBody, budget, onChunk: digests.update })
  const stop = connections.reading(request.socket, refuse)
  const body = await outcome
  stop()
  if (body === null) return null
  if (typeof body === 'number') return refusalAnswer(body)
  try {
    if (!digests.areSignedBy(signature)) return refusalAnswer(401)
    const sha256 = digests.sha256()
    const accepted = await commit.accept({ ...headers, body: body.bytes, sha256, source: 'http' })
    if (accepted === null) return refusalAnswer(503)
    const { id, outcome: status } = accepted
    return jsonAnswer(headers.event === 'ping' ? 200 : 202, { id, status })
  } finally {
    body.release()
  }
}

/** curl waits for `100 Continue` before it sends more than 1 MiB. */
const isExpectant = (expect: string | undefined) => expect?.toLowerCase() === '100-continue'
