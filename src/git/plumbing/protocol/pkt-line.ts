import { GitHubError, GitHubNetworkError } from '../../../base/errors.js'
import { oneLine } from '../../../base/text.js'
import { networkError } from '../../../http/failure.js'
import type { StreamedAnswer } from '../../../http/send.js'
import type { Git } from '../../git.js'
import { isLimitInWords, limitedInWords } from './anonymous-limit.js'

/** A packet's payload, or the kind of a packet without payload. */
export type Packet = Buffer | 'flush' | 'delimiter' | 'end'

export const flush = '0000'

export const delimiter = '0001'

/** @see https://git-scm.com/docs/gitprotocol-common#_pkt_line_format */
export const pktLine = (text: string) =>
  `${(Buffer.byteLength(text) + 4).toString(16).padStart(4, '0')}${text}`

/**
 * The most that a server may send in lines, in bytes: some millions of refs, and less than would
 * exhaust memory.
 */
const mostLines = 128 * 1024 * 1024

/** What a shorter line counts as, in bytes. */
const leastLine = 32

const special: Record<number, Packet> = { 0: 'flush', 1: 'delimiter', 2: 'end' }

/**
 * Reads the packets of an answer one by one, in whatever pieces it arrives.
 *
 * @param host for messages
 */
export class PacketReader {
  readonly #chunks: AsyncIterator<Buffer>
  readonly #host: string
  #held: Buffer = Buffer.alloc(0)
  #inLines = 0

  constructor(body: AsyncIterable<Buffer>, host: string) {
    this.#chunks = body[Symbol.asyncIterator]()
    this.#host = host
  }

  /**
   * @returns null at the end of the answer
   * @throws GitHubNetworkError if it ends within a packet
   * @throws GitHubError for an `ERR` packet, with the server's message, and for an invalid packet
   */
  async next(): Promise<Packet | null> {
    const header = await this.#take(4)
    if (header === null) return null
    const text = header.toString('latin1')
    const length = /^[0-9a-f]{4}$/i.test(text) ? Number.parseInt(text, 16) : 3
    if (length === 3) {
      throw new GitHubError(`${this.#host} does not answer with git's protocol`, {
        hint: 'check that this is a git server: a proxy or a login page may answer instead',
      })
    }
    const packet = special[length]
    if (packet !== undefined) return packet
    const payload = length === 4 ? Buffer.alloc(0) : await this.#take(length - 4)
    if (payload === null) throw cutShort(this.#host)
    if (payload.subarray(0, 4).equals(errorPrefix)) throw this.refusal(payload.subarray(4))
    return payload
  }

  /**
   * The words of an `ERR` packet if it comes first; it stays to be read. null: the answer is another.
   *
   * @throws what reading the answer throws
   */
  async refusalAhead(): Promise<string | null> {
    const prefix = 4 + errorPrefix.length
    await this.#gather(prefix)
    if (!this.#held.subarray(4, prefix).equals(errorPrefix)) return null
    const length = Number.parseInt(this.#held.subarray(0, 4).toString('latin1'), 16)
    if (!(length > prefix)) return null
    await this.#gather(length)
    return this.#held.subarray(prefix, length).toString()
  }

  /**
   * The next packet of those that precede a pack, or of an answer without one.
   *
   * @throws GitHubError if the server sends more of them than any real answer has
   */
  async ahead(): Promise<Packet | null> {
    const packet = await this.next()
    // A packet without payload counts too.
    this.#inLines += Math.max(packet?.length ?? 0, leastLine)
    if (this.#inLines > mostLines) {
      throw new GitHubError(`${this.#host} lists more refs than fit into memory`, {
        hint: 'more than 128 MB: check that this is the server you meant',
      })
    }
    return packet
  }

  /**
   * The text of the packet that `ahead` gives, without its newline; a packet without payload as it
   * is; null at the end.
   */
  async line(): Promise<{ text: string } | Exclude<Packet, Buffer> | null> {
    const packet = await this.ahead()
    return Buffer.isBuffer(packet) ? { text: packet.toString().replace(/\n$/, '') } : packet
  }

  /**
   * The server's error: its last line of text, because some servers send a trace before `fatal: …`.
   */
  refusal(words: Buffer): GitHubError {
    const said = oneLine(words.toString())
    if (isLimitInWords(said)) return limitedInWords(this.#host, said)
    return new GitHubError(`${this.#host}: ${said || 'refused'}`)
  }

  /**
   * Reads the rest of a finished answer, so that its connection can serve the next request: a new
   * connection takes several times as long as most answers.
   */
  async finish(): Promise<void> {
    let left = mostLeft
    // Everything that was requested is here, so a failure of the rest does not matter.
    const next = () => this.#chunks.next().catch(() => ({ done: true, value: undefined }))
    for (let chunk = await next(); !chunk.done && left > 0; chunk = await next()) {
      left -= chunk.value?.length ?? 0
    }
    await this.close()
  }

  /** Drops an unfinished answer and closes its connection. */
  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  /**
   * The next bytes; null if the answer ends before them.
   *
   * @throws GitHubNetworkError if it ends within them
   */
  async #take(length: number): Promise<Buffer | null> {
    if (this.#held.length < length) await this.#gather(length)
    if (this.#held.length === 0 && length > 0) return null
    if (this.#held.length < length) throw cutShort(this.#host)
    const taken = this.#held.subarray(0, length)
    this.#held = this.#held.subarray(length)
    return taken
  }

  async #gather(length: number): Promise<void> {
    const pieces = [this.#held]
    let gathered = this.#held.length
    while (gathered < length) {
      const { done, value } = await this.#chunks.next()
      if (done) break
      pieces.push(value)
      gathered += value.length
    }
    this.#held = pieces.length === 1 ? this.#held : Buffer.concat(pieces)
  }
}

/** If more bytes than this follow the last packet, a new connection costs less. */
const mostLeft = 64 * 1024

const errorPrefix = Buffer.from('ERR ')

export const cutShort = (host: string) =>
  new GitHubNetworkError(`${host}: its answer was cut short`, {
    hint: 'check the network; running the command again is safe',
  })

/**
 * The body of an answer as it arrives.
 *
 * @throws GitHubNetworkError; the signal's reason when it is aborted
 */
export async function* chunksOf(git: Git, { body, url }: StreamedAnswer): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) yield chunk
  } catch (error) {
    throw networkError(error, url, git.signal)
  }
}

/** wizard's name, for the server. */
export const agent = 'agent=wizard'

/**
 * A server's capabilities in version 0. `symref` may occur several times, so it is parsed
 * elsewhere.
 */
export type Capabilities = Set<string>

/** @see https://git-scm.com/docs/gitprotocol-capabilities */
export const parseCapabilities = (text: string): Capabilities =>
  new Set(text.trim().split(' ').filter(Boolean))
