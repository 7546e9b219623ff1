import type { Readable } from 'node:stream'

/** A request to the API as the layers of the transport see it. */
export interface ApiRequest {
  method: string
  url: URL
  /** Names in lower case. */
  headers: Record<string, string>
  body?: string | Uint8Array | undefined
  /** True where carrying it out twice does no harm, as a GraphQL query; see `isRepeatable`. */
  repeatable?: boolean | undefined
  signal?: AbortSignal | undefined
  /** For a file that is sent or received as a stream. */
  stream?: FileStream | undefined
}

/** Each function is called for every try and every hop. */
export interface FileStream {
  /** Headers of this try: what of a download is still missing. */
  headers?(): Record<string, string>
  body?(): Readable
  /** Takes the body of a 200 or 206. */
  receive?(head: Omit<ApiResponse, 'body'>, body: AsyncIterable<Buffer>): Promise<void>
}

/** The whole answer, its body read. */
export interface ApiResponse {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  body: Buffer
  /** Where it came from, after redirects. */
  url: URL
}

export type Send = (request: ApiRequest) => Promise<ApiResponse>

/** One policy: it is given what comes below it, and gives what the layer above calls. */
export type Layer = (next: Send) => Send

/** The layers in the order in which a request meets them, on top of what sends it. */
export function stack(layers: Layer[], wire: Send): Send {
  return layers.reduceRight((next, layer) => layer(next), wire)
}

const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** Whether a request may be sent again although it may have been carried out (RFC 9110, 9.2.2). */
export function isRepeatable({ method, repeatable }: ApiRequest): boolean {
  return repeatable ?? idempotent.has(method)
}

/** @throws nothing: what is no JSON is undefined. */
export function jsonOf(response: ApiResponse): unknown {
  try {
    return JSON.parse(response.body.toString('utf8'))
  } catch {
    return undefined
  }
}

/** For GitHub's support; undefined for what has not the look of one. */
export function requestIdOf({ headers }: ApiResponse): string | undefined {
  const id = headers['x-github-request-id']
  return id !== undefined && /^[\w:.-]{1,100}$/.test(id) ? id : undefined
}
