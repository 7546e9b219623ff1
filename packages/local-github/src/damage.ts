import type { Fault } from './faults.js'
import { withHeaders } from './http/with-headers.js'

/** Applies a fault to an answer: other headers, or a lost, cut or corrupt body. */
export function damage(response: Response, { status, headers, ...fault }: Fault): Response {
  if (fault.dropAnswer) return Response.error()
  const added = status === undefined ? (headers ?? {}) : {}
  if (fault.cutAfter === undefined && fault.corruptAt === undefined)
    return withHeaders(response, added)
  const body = response.body && ReadableStream.from(damagedBytes(response.body, fault))
  return withHeaders(response, added, { body })
}

async function* damagedBytes(body: ReadableStream<Uint8Array>, { cutAfter, corruptAt }: Fault) {
  let offset = 0
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk)
    const corrupt = corruptAt === undefined ? -1 : corruptAt - offset
    if (corrupt >= 0 && corrupt < bytes.length) bytes[corrupt] = (bytes[corrupt] ?? 0) ^ 0xff
    if (cutAfter !== undefined && offset + bytes.length >= cutAfter) {
      yield bytes.subarray(0, cutAfter - offset)
      throw new CutConnection()
    }
    offset += bytes.length
    yield bytes
  }
  if (cutAfter !== undefined) throw new CutConnection()
}

/** Ends a body; the server then closes the connection. */
class CutConnection extends Error {
  override readonly name = 'CutConnection'
}
