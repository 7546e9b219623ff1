import type { GitHttpResponse, HttpClient } from 'isomorphic-git'
import { GitHubError } from '../../base/errors.js'
import type { Git } from '../git.js'
import type { Oid } from '../plumbing/objects/object.js'
import { advertisement } from '../plumbing/protocol/advertisement.js'
import { postUploadPack } from '../plumbing/protocol/http.js'
import { band, type Opened, type PackAnswer } from '../plumbing/protocol/pack-answer.js'
import {
  type Capabilities,
  flush,
  type PacketReader,
  pktLine,
} from '../plumbing/protocol/pkt-line.js'
import type { Remote } from '../plumbing/protocol/remote-refs.js'
import { openPackV0 } from '../plumbing/protocol/request-pack-v0.js'

/** The most bytes of a pack in a packet of `side-band-64k`. */
export const mostData = 65_515

/** In bytes. isomorphic-git holds a pack in memory, several times over, and an object as a whole. */
export const mostInMemory = 256 * 1024 * 1024

interface TransportOptions {
  remote: Remote
  wants: Oid[]
  /** Reads and checks a pack. @returns it again, in pieces of at most `mostData` bytes */
  check(answer: PackAnswer): Promise<AsyncIterable<Buffer>>
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
  readonly #options: TransportOptions
  #packets: PacketReader | null = null

  constructor(git: Git, options: TransportOptions) {
    this.url = options.remote.url
    this.host = new URL(this.url).host
    this.#git = git
    this.#options = options
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
    const [first, ...others] = new Set(this.#options.wants)
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
    const { remote } = this.#options
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
    const { host } = this
    const answer = await openPackV0(packets, { host, clock: this.#git.clock })
    return this.#answer('POST', 'application/x-git-upload-pack-result', this.#replay(answer))
  }

  /**
   * Passes an answer on once its pack is checked. isomorphic-git would take a cut answer for a whole
   * one, and it never ends, or runs out of memory, at a pack that was made to harm it.
   */
  async *#replay(answer: Opened): AsyncGenerator<Uint8Array> {
    const { packets, shallow, unshallow } = answer
    const checked = await this.#options.check({ ...answer, chunks: this.#counted(answer.chunks) })
    await packets.finish()
    for (const oid of shallow) yield Buffer.from(pktLine(`shallow ${oid}\n`))
    for (const oid of unshallow) yield Buffer.from(pktLine(`unshallow ${oid}\n`))
    yield Buffer.from(pktLine('NAK\n'))
    for await (const piece of checked) {
      yield Buffer.from((piece.length + 5).toString(16).padStart(4, '0'))
      yield Buffer.from([band.data])
      yield piece
    }
    yield Buffer.from(flush)
  }

  async *#counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const { mostBytes = mostInMemory } = this.#options
    for await (const chunk of chunks) {
      this.bytes += chunk.length
      if (this.bytes > mostBytes) throw tooLarge(`the pack from ${this.host}`, mostBytes)
      this.#git.onProgress?.({ phase: 'receiving', bytes: this.bytes, done: 0, total: 0 })
      yield chunk
    }
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

export function tooLarge(what: string, most: number): GitHubError {
  const size = `${Math.floor(most / 2 ** 20)} MB`
  return new GitHubError(`${what} exceeds the ${size} that isomorphic-git may hold`, {
    hint: "try `git.engine: wizard` in github.yaml: wizard's own engine takes packs of any size",
  })
}
