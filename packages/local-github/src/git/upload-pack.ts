import { spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { createGunzip } from 'node:zlib'
import { type GitRequest, sendBody } from './http-backend.js'
import { git, hermetic } from './run.js'

/**
 * Answers a clone or a fetch with the real `git upload-pack`, as `git http-backend` does but without
 * its two further processes: https://git-scm.com/docs/gitprotocol-http
 */
export async function uploadPack(call: GitRequest): Promise<Response> {
  const protocol = (call.protocolV2 && call.request.headers.get('git-protocol')) || ''
  if (call.path !== '/info/refs') return respond('result', requestPack(call, protocol))
  return respond('advertisement', await advertise(call.bare, protocol))
}

const respond = (kind: 'advertisement' | 'result', body: AsyncIterable<Buffer>) =>
  new Response(ReadableStream.from(body), {
    headers: {
      'content-type': `application/x-git-upload-pack-${kind}`,
      'cache-control': 'no-cache, max-age=0, must-revalidate',
      expires: 'Fri, 01 Jan 1980 00:00:00 GMT',
      pragma: 'no-cache',
    },
  })

async function* requestPack({ request, bare }: GitRequest, protocol: string) {
  const child = spawn('git', ['upload-pack', '--stateless-rpc', bare], {
    env: { ...hermetic, GIT_PROTOCOL: protocol },
  })
  request.signal.addEventListener('abort', () => child.kill())
  child.stderr.resume()
  const sent = sendBody(inflated(request), child)
  yield* child.stdout
  await sent
}

/** Version 2 advertises no refs: what it says is the same until the configuration changes. */
const capabilities = new Map<string, { mtimeMs: number; data: Buffer }>()

async function advertise(bare: string, protocol: string): Promise<AsyncIterable<Buffer>> {
  const isSecond = protocol.split(':').includes('version=2')
  const { mtimeMs } = await stat(join(bare, 'config'))
  const key = `${bare} ${protocol}`
  const known = isSecond ? capabilities.get(key) : undefined
  const data = known?.mtimeMs === mtimeMs ? known.data : await readAdvertisement(bare, protocol)
  if (isSecond) capabilities.set(key, { mtimeMs, data })
  // Versions 0 and 1 name the service first.
  const announced = isSecond ? [] : [Buffer.from('001e# service=git-upload-pack\n0000')]
  return Readable.from([...announced, data])
}

const readAdvertisement = (bare: string, protocol: string): Promise<Buffer> =>
  git(['upload-pack', '--http-backend-info-refs', bare], { env: { GIT_PROTOCOL: protocol } })

/** git compresses a request with many haves. The reader of the result sees the errors of both streams. */
function inflated({ headers, body }: Request): Readable | null {
  if (!body) return null
  const sent = Readable.fromWeb(body as WebStream<Uint8Array>)
  const isCompressed = headers.get('content-encoding')?.toLowerCase() === 'gzip'
  return isCompressed ? pipeline(sent, createGunzip(), () => {}) : sent
}
