import { type Content, read, sizeOf } from './content.js'

export interface Blob {
  content: Content
  type: string
  /** The file name for the browser. */
  name: string
}

interface Signed {
  /** In the format of `now`. */
  expires: string | undefined
  answer: (request: Request) => Promise<Response>
}

/**
 * Blob storage on its own origin, with signed addresses. Like Azure's and Amazon's, it refuses a
 * request that carries GitHub's credential besides the signature.
 */
export class Storage {
  /** By the signature in the address. */
  readonly #downloads = new Map<string, Signed>()
  /** By the path and the signature in the header. */
  readonly #uploads = new Map<string, Signed>()
  readonly #now: () => string

  constructor(now: () => string) {
    this.#now = now
  }

  /**
   * @param expires when the address expires; without it, it lives as long as the process
   * @returns the path and query of a signed address
   */
  sign(blob: Blob, expires?: string): string {
    const signature = crypto.randomUUID()
    this.#downloads.set(signature, { expires, answer: async (request) => download(request, blob) })
    return `/blobs/${encodeURIComponent(blob.name)}?sig=${signature}`
  }

  /**
   * Signs an address to PUT to, as Amazon does by header:
   * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
   */
  signUpload(name: string, answer: Signed['answer'], expires: string) {
    const path = `/uploads/${name}`
    const authorization = `AWS4-HMAC-SHA256 Credential=local,Signature=${crypto.randomUUID()}`
    this.#uploads.set(`${path} ${authorization}`, { expires, answer })
    return { path, authorization }
  }

  async answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const authorization = request.headers.get('authorization')
    if (request.method === 'PUT') {
      return this.#answer(this.#uploads.get(`${pathname} ${authorization}`), request)
    }
    if (authorization !== null) return failure(400, 'InvalidAuthenticationInfo')
    return this.#answer(this.#downloads.get(searchParams.get('sig') ?? ''), request)
  }

  #answer(signed: Signed | undefined, request: Request): Response | Promise<Response> {
    if (!signed) return failure(403, 'AuthenticationFailed')
    if (signed.expires !== undefined && signed.expires <= this.#now()) {
      return failure(403, 'AccessDenied', 'Request has expired')
    }
    return signed.answer(request)
  }
}

/** The whole, or the one range that is asked for: https://www.rfc-editor.org/rfc/rfc9110#section-14 */
function download(request: Request, { content, type, name }: Blob): Response {
  const size = sizeOf(content)
  const range = rangeOf(request.headers.get('range') ?? '', size)
  const { start, end } = range ?? { start: 0, end: size }
  if (start >= end && range) {
    return failure(416, 'InvalidRange', undefined, { 'content-range': `bytes */${size}` })
  }
  const headers = {
    'content-type': type,
    'content-length': `${end - start}`,
    'accept-ranges': 'bytes',
    'content-disposition': `attachment; filename=${asToken(name.replaceAll(/[^ -~]/g, '_'))}`,
    ...(range && { 'content-range': `bytes ${start}-${end - 1}/${size}` }),
  }
  const body = request.method === 'HEAD' ? null : ReadableStream.from(read(content, start, end))
  return new Response(body, { status: range ? 206 : 200, headers })
}

/** `end` is after the last byte. Undefined for anything but one range. */
function rangeOf(header: string, size: number): { start: number; end: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? []
  if (first === '' && last === '') return undefined
  if (first === '') return { start: Math.max(0, size - Number(last)), end: size }
  return { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) }
}

/** Quoted if it has other characters than a token (RFC 6266, 4.1). */
const asToken = (name: string) =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(name) ? name : `"${name.replaceAll(/["\\]/g, '\\$&')}"`

export function failure(
  status: number,
  code: string,
  message?: string,
  headers: Record<string, string> = {},
): Response {
  const words = message === undefined ? '' : `<Message>${message}</Message>`
  const xml = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code>${words}</Error>`
  return new Response(xml, { status, headers: { 'content-type': 'application/xml', ...headers } })
}
