import type { IncomingMessage } from 'node:http'
import type { RefusalStatus } from './answer.js'

/** Limits the bytes of all bodies in memory. */
export interface ByteBudget {
  /**
   * @param held bytes of this body so far
   * @returns false, having taken nothing, if there is no room
   */
  take(bytes: number, held: number): boolean
  release(bytes: number): void
}

/** Bytes. The last quarter of the budget is for bodies up to this size. */
const smallBody = 1024 ** 2

export function byteBudget(most: number): ByteBudget {
  let used = 0
  return {
    take(bytes, held) {
      const limit = held > smallBody ? most * 0.75 : most
      if (used + bytes > limit) return false
      used += bytes
      return true
    },
    release(bytes) {
      used -= bytes
    },
  }
}

/** Bytes of memory that a chunk takes in addition to its own. */
const chunkOverhead = 256
/** Chunks of a body. 25 MiB come in fewer, unless the client wants to waste processor time. */
const mostChunks = 32_768

export interface Body {
  bytes: Buffer
  /** Gives its bytes back to the budget, once they are stored. */
  release(): void
}

export interface BodyLimits {
  /** Bytes. */
  maxBody: number
  budget: ByteBudget
  onChunk(chunk: Buffer): void
}

export interface BodyReading {
  /** A status if it is refused; null if the client is gone. */
  outcome: Promise<Body | RefusalStatus | null>
  /** Ends the reading with this status; does nothing once the body is complete. */
  refuse(status: RefusalStatus): void
}

/** Reads a body as it arrives, up to its limits. */
export function readBody(request: IncomingMessage, limits: BodyLimits): BodyReading {
  const { maxBody, budget, onChunk } = limits
  const chunks: Buffer[] = []
  let length = 0
  let taken = 0
  let settle: (outcome: Body | RefusalStatus | null) => void
  const outcome = new Promise<Body | RefusalStatus | null>((resolve) => {
    settle = resolve
  })
  const release = () => budget.release(taken)
  const stop = () => {
    request.off('data', onData).off('end', onEnd).off('close', onClose)
  }
  const giveUp = (status: RefusalStatus | null) => {
    stop()
    request.pause()
    release()
    taken = 0
    settle(status)
  }
  const onData = (chunk: Buffer) => {
    length += chunk.length
    if (length > maxBody) return giveUp(413)
    if (chunks.length === mostChunks) return giveUp(400)
    const cost = chunk.length + chunkOverhead
    if (!budget.take(cost, length)) return giveUp(503)
    taken += cost
    chunks.push(chunk)
    onChunk(chunk)
  }
  const onEnd = () => {
    stop()
    settle({ bytes: joined(chunks), release })
  }
  const onClose = () => giveUp(null)
  request.on('data', onData).on('end', onEnd).on('close', onClose)
  if (request.destroyed) giveUp(null)
  const refuse = (status: RefusalStatus) => {
    if (!request.complete) giveUp(status)
  }
  return { outcome, refuse }
}

const joined = (chunks: Buffer[]) =>
  chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
