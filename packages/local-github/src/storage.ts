import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'

export interface Blob {
  content: Buffer | { file: string; size: number }
  type: string
  /** The file name for the browser. */
  name: string
}

/**
 * Blob storage on its own origin. Addresses are signed and live as long as the process. Like
 * Azure's and Amazon's, it refuses a request that carries GitHub's credential besides the
 * signature.
 */
export class Storage {
  readonly #blobs = new Map<string, Blob>()

  /** @returns the path and query of a signed address */
  sign(blob: Blob): string {
    const signature = crypto.randomUUID()
    this.#blobs.set(signature, blob)
    return `/blobs/${encodeURIComponent(blob.name)}?sig=${signature}`
  }

  async answer(request: Request): Promise<Response> {
    if (request.headers.has('authorization')) return failure(400, 'InvalidAuthenticationInfo')
    const blob = this.#blobs.get(new URL(request.url).searchParams.get('sig') ?? '')
    if (!blob) return failure(403, 'AuthenticationFailed')
    const { content, type, name } = blob
    const length = Buffer.isBuffer(content) ? content.length : content.size
    const headers = {
      'content-type': type,
      'content-length': `${length}`,
      'content-disposition': `attachment; filename=${asToken(name.replaceAll(/[^ -~]/g, '_'))}`,
    }
    return new Response(request.method === 'HEAD' ? null : bytesOf(content), { headers })
  }
}

/** Quoted if it has other characters than a token (RFC 6266, 4.1). */
const asToken = (name: string) =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(name) ? name : `"${name.replaceAll(/["\\]/g, '\\$&')}"`

const bytesOf = (content: Blob['content']) =>
  Buffer.isBuffer(content)
    ? new Uint8Array(content)
    : ReadableStream.from(createReadStream(content.file) as Readable)

const failure = (status: number, code: string) =>
  new Response(`<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code></Error>`, {
    status,
    headers: { 'content-type': 'application/xml' },
  })
