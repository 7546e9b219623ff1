import type { Fault } from './faults.js'
import { withHeaders } from './http/with-headers.js'

/** Applies a fault to an answer: other headers, or another, lost, cut or corrupt body. */
export async function damage(
  response: Response,
  { status, headers, rewrite, ...fault }: Fault,
): Promise<Response> {
  if (fault.dropAnswer) return Response.error()
  const added = status === undefined ? (headers ?? {}) : {}
  const given = rewrite ? await rewritten(response, rewrite) : response
  if (fault.cutAfter === undefined && fault.corruptAt === undefined)
    return withHeaders(given, added)
  const body = given.body && ReadableStream.from(damagedBytes(given.body, fault))
  return withHeaders(given, added, { body })
}

async function rewritten(response: Response, rewrite: NonNullable<Fault['rewrite']>) {
  const made = rewrite(Buffer.from(await response.arrayBuffer()))
  const isText = typeof made === 'string' || Buffer.isBuffer(made)
  const body = new Uint8Array(Buffer.from(isText ? made : JSON.stringify(made)))
  return withHeaders(response, { 'content-length': `${body.length}` }, { body: body.buffer })
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
