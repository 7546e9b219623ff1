import type { GitHttpResponse, HttpClient } from 'isomorphic-git'
import { GitHubError } from '../../base/errors.js'
import type { Git } from '../git.js'
import type { Oid } from '../plumbing/objects/object.js'
import { advertisement } from '../plumbing/protocol/advertisement.js'
import { postUploadPack } from '../plumbing/protocol/http.js'
import { band } from '../plumbing/protocol/pack-answer.js'
import {
  type Capabilities,
  cutShort,
  flush,
  type PacketReader,
  pktLine,
} from '../plumbing/protocol/pkt-line.js'
import type { Remote } from '../plumbing/protocol/remote-refs.js'

/** isomorphic-git holds a pack in memory, several times over. */
const usualMost = 256 * 1024 * 1024

interface Asked {
  remote: Remote
  wants: Oid[]
  /** Of the pack. */
  mostBytes?: number
}

/**
 * isomorphic-git's two requests, made by wizard's own functions: with their credentials by origin,
 * deadlines, retries, refusals and proxy. isomorphic-git sees no credential.
 */
export class IsomorphicTransport {
  readonly url: string
  /** For messages. */
  readonly host: string
  /** Bytes of the pack received so far. */
  bytes = 0
  readonly #git: Git
  readonly #asked: Asked
  #packets: PacketReader | null = null

  constructor(git: Git, asked: Asked) {
    this.url = asked.remote.url
    this.host = new URL(this.url).host
    this.#git = git
    this.#asked = asked
  }

  get http(): HttpClient {
    return {
      request: async ({ method, body }) =>
        method === 'POST' ? this.#post(Buffer.concat(await all(body))) : this.#get(),
    }
  }

  async close(): Promise<void> {
    await this.#packets?.close()
  }

  /**
   * The refs are known already, and which of them are wanted. isomorphic-git fetches one ref or
   * all, so it is shown the wanted objects as all that there is.
   */
  async #get(): Promise<GitHttpResponse> {
    const capabilities = [...(await this.#capabilities())]
    const [first, ...others] = new Set(this.#asked.wants)
    const lines = [
      pktLine('# service=git-upload-pack\n'),
      flush,
      pktLine(`${first} HEAD\0${capabilities.filter((one) => !isSymref(one)).join(' ')}\n`),
      ...others.map((oid, at) => pktLine(`${oid} refs/heads/wanted-${at}\n`)),
      flush,
    ]
    const type = 'application/x-git-upload-pack-advertisement'
    return this.#answer('GET', type, once(Buffer.from(lines.join(''))))
  }

  /** @throws GitHubError if the server can't serve isomorphic-git */
  async #capabilities(): Promise<Capabilities> {
    const { remote } = this.#asked
    const { version, capabilities } =
      remote.version === 0 ? remote : await advertisement(this.#git, this.url, [], 0)
    const needed = 'side-band-64k'
    if (version === 0 && capabilities.has(needed)) return capabilities
    const lack = version === 0 ? "can't send packs over a side-band" : 'speaks only version 2'
    throw new GitHubError(`${this.host} ${lack}, which isomorphic-git needs`, {
      hint: 'try `git.engine: wizard` in github.yaml',
    })
  }

  async #post(body: Buffer): Promise<GitHttpResponse> {
    const { packets } = await postUploadPack(this.#git, this.url, body.toString('latin1'), 0)
    this.#packets = packets
    return this.#answer('POST', 'application/x-git-upload-pack-result', this.#replay(packets))
  }

  /**
   * Passes the packets on, except the server's progress messages. isomorphic-git would drop the
   * server's error, and take an answer that is cut for a whole one.
   */
  async *#replay(packets: PacketReader): AsyncGenerator<Uint8Array> {
    let last: unknown = null
    for (let packet = await packets.next(); packet !== null; packet = await packets.next()) {
      last = packet
      if (typeof packet === 'string') yield Buffer.from(flush)
      else if (packet[0] === band.failure) throw packets.refusal(packet.subarray(1))
      else if (packet[0] !== band.progress) {
        if (packet[0] === band.data) this.#count(packet.length - 1)
        yield Buffer.from((packet.length + 4).toString(16).padStart(4, '0'))
        yield packet
      }
    }
    if (last !== 'flush') throw cutShort(this.host)
  }

  #count(bytes: number): void {
    const { mostBytes = usualMost } = this.#asked
    this.bytes += bytes
    if (this.bytes > mostBytes) throw tooLarge(this.host, mostBytes)
    this.#git.onProgress?.({ phase: 'receiving', bytes: this.bytes, done: 0, total: 0 })
  }

  #answer(method: string, type: string, body: AsyncGenerator<Uint8Array>): GitHttpResponse {
    const status = { statusCode: 200, statusMessage: 'OK' }
    return { url: this.url, method, headers: { 'content-type': type }, body, ...status }
  }
}

const isSymref = (capability: string) => capability.startsWith('symref=')

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function all(body: AsyncIterable<Uint8Array> | undefined): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body ?? []) chunks.push(chunk)
  return chunks
}

function tooLarge(host: string, most: number): GitHubError {
  const size = `${Math.floor(most / 2 ** 20)} MB`
  return new GitHubError(`the pack from ${host} is over the ${size} that isomorphic-git may hold`, {
    hint: "try `git.engine: wizard` in github.yaml: wizard's own engine takes packs of any size",
  })
}
