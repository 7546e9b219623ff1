import { spawn } from 'node:child_process'
import { pipeline, Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { createGunzip } from 'node:zlib'
import { type GitRequest, sendBody } from './http-backend.js'
import { hermetic } from './run.js'

/**
 * Answers a clone or a fetch with the real `git upload-pack`, as `git http-backend` does but without
 * its two further processes: https://git-scm.com/docs/gitprotocol-http
 */
export async function uploadPack({
  request,
  bare,
  path,
  protocolV2,
}: GitRequest): Promise<Response> {
  const protocol = (protocolV2 && request.headers.get('git-protocol')) || ''
  const isAdvertisement = path === '/info/refs'
  const mode = isAdvertisement ? '--http-backend-info-refs' : '--stateless-rpc'
  const child = spawn('git', ['upload-pack', mode, bare], {
    env: { ...hermetic, GIT_PROTOCOL: protocol },
  })
  request.signal.addEventListener('abort', () => child.kill())
  child.stderr.resume()
  const sent = sendBody(inflated(request), child)
  const announced = isAdvertisement && !protocol.split(':').includes('version=2')
  return new Response(ReadableStream.from(bodyOf(announced, child.stdout, sent)), {
    headers: {
      'content-type': `application/x-git-upload-pack-${isAdvertisement ? 'advertisement' : 'result'}`,
      'cache-control': 'no-cache, max-age=0, must-revalidate',
      expires: 'Fri, 01 Jan 1980 00:00:00 GMT',
      pragma: 'no-cache',
    },
  })
}

/** git compresses a request with many haves. The reader of the result sees the errors of both streams. */
function inflated({ headers, body }: Request): Readable | null {
  if (!body) return null
  const sent = Readable.fromWeb(body as WebStream<Uint8Array>)
  const isCompressed = headers.get('content-encoding')?.toLowerCase() === 'gzip'
  return isCompressed ? pipeline(sent, createGunzip(), () => {}) : sent
}

async function* bodyOf(announced: boolean, output: Readable, sent: Promise<void>) {
  // Versions 0 and 1 name the service first.
  if (announced) yield Buffer.from('001e# service=git-upload-pack\n0000')
  yield* output
  await sent
}
