import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../base/clock.js'
import { codeOf } from '../../base/fs/read.js'
import { type RefusalStatus, refuseSocket } from './answer.js'

/** The state of each connection, for errors that node reports without a request. */
export interface Connections {
  /** A request has arrived. */
  begin(connection: Duplex): void
  /**
   * The request is being answered. @param isLast its body is not read to the end
   *
   * @returns whether the connection has to close after the answer
   */
  end(connection: Duplex, isLast: boolean): boolean
  /** Until the body has been read, an error calls `refuse`. @returns a function to call then */
  reading(connection: Duplex, refuse: (status: RefusalStatus) => void): () => void
}

export interface ConnectionsOptions {
  clock: Clock
  onRefusal(status: RefusalStatus): void
}

/**
 * Answers requests that are too slow, too large or not HTTP at all, but not while an earlier request
 * of the same connection waits for its answer: the client would take the one for the other.
 */
export function watchConnections(
  server: Server,
  { clock, onRefusal }: ConnectionsOptions,
): Connections {
  const unanswered = new WeakMap<Duplex, number>()
  const broken = new WeakMap<Duplex, RefusalStatus>()
  const closing = new WeakSet<Duplex>()
  const readings = new WeakMap<Duplex, (status: RefusalStatus) => void>()

  server.on('clientError', (error, socket) => {
    if (!socket.writable || codeOf(error) === 'ECONNRESET') {
      socket.destroy()
      return
    }
    const status = statuses[codeOf(error)] ?? 400
    const wasBroken = broken.has(socket)
    broken.set(socket, status)
    readings.get(socket)?.(status)
    if (wasBroken || closing.has(socket) || (unanswered.get(socket) ?? 0) > 0) return
    onRefusal(status)
    refuseSocket(socket, status, clock)
  })

  return {
    begin: (connection) => void unanswered.set(connection, (unanswered.get(connection) ?? 0) + 1),
    end(connection, isLast) {
      unanswered.set(connection, (unanswered.get(connection) ?? 1) - 1)
      if (isLast) closing.add(connection)
      return isLast || broken.has(connection)
    },
    reading(connection, refuse) {
      readings.set(connection, refuse)
      const status = broken.get(connection)
      if (status !== undefined) refuse(status)
      return () => {
        // The next request may already be read.
        if (readings.get(connection) === refuse) readings.delete(connection)
      }
    },
  }
}

const statuses: Record<string, RefusalStatus> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}
