import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { deflateSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import { hashObject, type Oid } from '../../../src/git/plumbing/objects/object.js'

export const entryType = { commit: 1, tree: 2, blob: 3, ofsDelta: 6, refDelta: 7 }

/**
 * An object in a pack, of at most 2 kB unless `size` says otherwise.
 *
 * @param base what a delta names its base by
 * @see https://git-scm.com/docs/pack-format
 */
export function packEntry(
  type: number,
  data: Buffer,
  { base = Buffer.alloc(0), size = data.length } = {},
): Buffer {
  const head = [(type << 4) | (size & 15)]
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    head[head.length - 1] = (head.at(-1) ?? 0) | 0x80
    head.push(rest % 128)
  }
  return Buffer.concat([Buffer.from(head), base, deflateSync(data)])
}

export function packBytes(entries: Buffer[]): Buffer {
  const head = Buffer.from('5041434b0000000200000000', 'hex')
  head.writeUInt32BE(entries.length, 8)
  const body = Buffer.concat([head, ...entries])
  return Buffer.concat([body, createHash('sha1').update(body).digest()])
}

/** A commit of one file. */
export function smallCommit(content: string) {
  const blob = Buffer.from(content)
  const tree = Buffer.concat([
    Buffer.from('100644 a\0'),
    Buffer.from(hashObject('blob', blob), 'hex'),
  ])
  const person = 'A <a@example.com> 1 +0000'
  const lines = `tree ${hashObject('tree', tree)}\nauthor ${person}\ncommitter ${person}\n\nm\n`
  const commit = Buffer.from(lines)
  return { blob, tree, commit, oid: hashObject('commit', commit) }
}

export const packet = (payload: string | Buffer): Buffer => {
  const bytes = Buffer.from(payload as string)
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes])
}

export const sideband = (band: number, bytes: string | Buffer): Buffer =>
  packet(Buffer.concat([Buffer.from([band]), Buffer.from(bytes as string)]))

/** A server of version 0 with one branch, which answers each fetch with these bytes. */
export async function servePack(
  oid: Oid,
  answer: Buffer | (() => Iterable<Buffer>),
  onRequest: (request: IncomingMessage) => void = () => {},
): Promise<string> {
  const server = createServer(async (request, response) => {
    onRequest(request)
    const body = await text(request)
    const kind = request.method === 'GET' ? 'advertisement' : 'result'
    response.setHeader('content-type', `application/x-git-upload-pack-${kind}`)
    if (body.includes('ls-refs')) return void response.end(packet('ERR unknown command\n'))
    const [head, branch] = [`${oid} HEAD\0side-band-64k ofs-delta\n`, `${oid} refs/heads/main\n`]
    const service = `${packet('# service=git-upload-pack\n')}0000`
    if (kind === 'advertisement')
      return void response.end(`${service}${packet(head)}${packet(branch)}0000`)
    response.write(packet('NAK\n'))
    for (const piece of typeof answer === 'function' ? answer() : [answer]) {
      if (response.destroyed) return
      if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve))
    }
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/uDOS/typo.git`
}
