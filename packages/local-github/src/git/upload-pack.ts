import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { GitRequest } from './http-backend.js'
import { git } from './run.js'
import { command } from './shell.js'

/**
 * Answers a clone or a fetch with the real `git upload-pack`, as `git http-backend` does but without
 * its two further processes: https://git-scm.com/docs/gitprotocol-http
 */
export async function uploadPack(call: GitRequest): Promise<Response> {
  const protocol = (call.protocolV2 && call.request.headers.get('git-protocol')) || ''
  if (call.path !== '/info/refs') return respond('result', await requestPack(call, protocol))
  return respond('advertisement', await advertise(call.bare, protocol))
}

const respond = (kind: 'advertisement' | 'result', body: Buffer) =>
  new Response(ReadableStream.from([body]), {
    headers: {
      'content-type': `application/x-git-upload-pack-${kind}`,
      'cache-control': 'no-cache, max-age=0, must-revalidate',
      expires: 'Fri, 01 Jan 1980 00:00:00 GMT',
      pragma: 'no-cache',
    },
  })

async function requestPack({ request, bare }: GitRequest, protocol: string): Promise<Buffer> {
  const { stdout } = await command(['git', 'upload-pack', '--stateless-rpc', bare], {
    input: await bodyOf(request),
    env: { GIT_PROTOCOL: protocol },
    signal: request.signal,
  })
  return stdout
}

/** git compresses a request with many haves. */
async function bodyOf(request: Request): Promise<Buffer> {
  const body = Buffer.from(await request.arrayBuffer())
  const isCompressed = request.headers.get('content-encoding')?.toLowerCase() === 'gzip'
  return isCompressed ? promisify(gunzip)(body) : body
}

/** Version 2 advertises no refs: what it says is the same until the configuration changes. */
const capabilities = new Map<string, { mtimeMs: number; data: Buffer }>()

async function advertise(bare: string, protocol: string): Promise<Buffer> {
  const isSecond = protocol.split(':').includes('version=2')
  const { mtimeMs } = await stat(join(bare, 'config'))
  const key = `${bare} ${protocol}`
  const known = isSecond ? capabilities.get(key) : undefined
  const data = known?.mtimeMs === mtimeMs ? known.data : await readAdvertisement(bare, protocol)
  if (isSecond) capabilities.set(key, { mtimeMs, data })
  // Versions 0 and 1 name the service first.
  return isSecond ? data : Buffer.concat([Buffer.from('001e# service=git-upload-pack\n0000'), data])
}

const readAdvertisement = (bare: string, protocol: string): Promise<Buffer> =>
  git(['upload-pack', '--http-backend-info-refs', bare], { env: { GIT_PROTOCOL: protocol } })
