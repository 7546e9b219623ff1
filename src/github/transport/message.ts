import type { Readable } from 'node:stream'
import type { Exchange, HttpAnswer, HttpRequest, Policy } from '../../http/message.js'

/** A request to the API as the layers of the transport see it. */
export interface ApiRequest extends HttpRequest {
  body?: string | Uint8Array | undefined
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
export interface ApiResponse extends HttpAnswer {
  body: Buffer
}

export type Send = Exchange<ApiRequest, ApiResponse>
export type Layer = Policy<ApiRequest, ApiResponse>

/** @throws nothing: what is no JSON is undefined. */
export function jsonOf(response: ApiResponse): unknown {
  try {
    return JSON.parse(response.body.toString('utf8'))
  } catch {
    return undefined
  }
}
