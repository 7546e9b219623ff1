import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Dispatcher } from './dispatcher.js'
import { send } from './send.js'

/** The part of `fetch` that wizard uses, so that a test can replace the one below. */
export type Fetch = (
  url: string,
  init: {
    method: string
    headers: Record<string, string>
    body?: string | Uint8Array | undefined
    redirect: 'manual'
    signal: AbortSignal | null
    dispatcher: Dispatcher
  },
) => Promise<FetchAnswer>

export interface FetchAnswer {
  status: number
  headers: Iterable<[string, string]>
  /** Uncompressed. */
  body: AsyncIterable<Uint8Array> | null
}

/**
 * A `fetch` for the API's compressed answers. undici's own takes several times as long to load and
 * to send a first request.
 */
export const fetch: Fetch = async (
  address,
  { method, headers: given, body, signal, dispatcher },
) => {
  const answer = await send(dispatcher, {
    method,
    url: new URL(address),
    headers: { 'accept-encoding': 'gzip', ...given },
    body,
    signal: signal ?? undefined,
  })
  const { status, headers } = answer
  const isCompressed = isGzip(headers['content-encoding']) && hasBody(method, status)
  return {
    status,
    headers: Object.entries(headers),
    body: isCompressed ? unzipped(answer.body) : answer.body,
  }
}

/** Names of codings ignore case, and `x-gzip` is the same one (RFC 9110, 8.4.1). */
const isGzip = (coding = '') => /^(?:x-)?gzip$/i.test(coding)

/** Other answers name the compression that a body would have (RFC 9110, 6.4.1). */
const hasBody = (method: string, status: number) =>
  method !== 'HEAD' && status !== 204 && status !== 304

/** The reader of the result sees the errors of both streams. */
const unzipped = (body: Readable) => pipeline(body, createGunzip(), () => {})
