import type { Readable } from 'node:stream'
import type { Exchange, HttpAnswer, HttpRequest, Policy } from '../../http/message.js'

/** A request to the API, as the transport's layers see it. */
export interface ApiRequest extends HttpRequest {
  body?: string | Uint8Array | undefined
  /** For a file that is streamed. */
  stream?: FileStream | undefined
}

/** Each function is called for every attempt and every hop. */
export interface FileStream {
  /** Headers of this attempt: the part of a download that is still missing. */
  headers?(): Record<string, string>
  body?(): Readable
  /** Reads the body of a 200 or 206. */
  receive?(head: Omit<ApiResponse, 'body'>, body: AsyncIterable<Buffer>): Promise<void>
}

/** A whole answer with its body. */
export interface ApiResponse extends HttpAnswer {
  body: Buffer
}

export type Send = Exchange<ApiRequest, ApiResponse>
export type Layer = Policy<ApiRequest, ApiResponse>

/** A body of JSON as text, without the byte order mark that some proxies add (RFC 8259, 8.1). */
export const jsonTextOf = ({ body }: Pick<ApiResponse, 'body'>): string =>
  body.toString('utf8').replace(/^\ufeff/, '')

/** Never throws: undefined if it is not JSON. */
export function jsonOf(response: ApiResponse): unknown {
  try {
    return JSON.parse(jsonTextOf(response))
  } catch {
    return undefined
  }
}
