import { once } from 'node:events'
import { chmod, lstat, rm } from 'node:fs/promises'
import { connect, type Server } from 'node:net'
import { platform } from 'node:os'
import type { Environment } from '../../base/environment.js'
import { UsageError } from '../../base/errors.js'
import { codeOf, hasCode } from '../../base/fs/read.js'
import { reasonOf } from '../../base/fs/system-error.js'

export type ListenPlace =
  | { type: 'tcp'; host: string; port: number }
  /** An absolute path. */
  | { type: 'unix'; path: string }
  /** A socket that the process has inherited. */
  | { type: 'inherited'; fd: number }

/** systemd's first socket: SD_LISTEN_FDS_START of sd_listen_fds(3). */
const firstSocket = 3

/**
 * The socket that systemd, or a program like it, hands over. null: none.
 *
 * @throws UsageError for more than one
 */
export function inheritedSocket(env: Environment, pid: number): ListenPlace | null {
  const { LISTEN_FDS: count, LISTEN_PID: owner } = env
  if (owner !== String(pid) || count === undefined || count === '0') return null
  if (count === '1') return { type: 'inherited', fd: firstSocket }
  throw new UsageError(`systemd hands over ${count} sockets, but SERVE takes one`, {
    hint: 'keep one ListenStream= in the socket unit',
  })
}

/** Bytes; the system cuts off longer ones, unix(7). */
const longestPath = platform() === 'darwin' ? 103 : 107

export interface Listening {
  /** `127.0.0.1:8787`, `[::1]:8787`, `unix:/run/wizard.sock`, or `fd 3` for an inherited Unix socket. */
  address: string
  isUnix: boolean
}

/** @throws UsageError if the place is taken, or can't be used */
export async function listen(server: Server, place: ListenPlace): Promise<Listening> {
  if (place.type === 'unix') return listenUnix(server, place.path)
  try {
    await listening(server, place.type === 'tcp' ? place : { fd: place.fd })
  } catch (error) {
    throw place.type === 'tcp' ? unusable(`${place.host}:${place.port}`, error) : notASocket(error)
  }
  const bound = server.address()
  if (bound === null || typeof bound === 'string') return { address: 'fd 3', isUnix: true }
  const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
  return { address: `${host}:${bound.port}`, isUnix: false }
}

async function listenUnix(server: Server, path: string): Promise<Listening> {
  if (Buffer.byteLength(path) > longestPath) {
    throw new UsageError(`the path of the socket has ${Buffer.byteLength(path)} bytes`, {
      hint: `the system takes at most ${longestPath}: choose a shorter one`,
    })
  }
  try {
    await listening(server, { path }).catch(async (error) => {
      if (!hasCode(error, 'EADDRINUSE') || !(await isStale(path))) throw error
      await rm(path, { force: true })
      await listening(server, { path })
    })
    // The proxy's group may connect.
    await chmod(path, 0o660)
  } catch (error) {
    server.close()
    throw unusable(path, error)
  }
  return { address: `unix:${path}`, isUnix: true }
}

async function listening(server: Server, options: Parameters<Server['listen']>[0]) {
  server.listen(options)
  await once(server, 'listening')
}

/**
 * Whether it is a socket that a killed process has left behind: nobody listens there.
 *
 * @throws UsageError if it is something else, which stays
 */
async function isStale(path: string): Promise<boolean> {
  if (!(await lstat(path)).isSocket()) {
    throw new UsageError(`${path} is not a socket`, { hint: 'remove it, or give another path' })
  }
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return false
  } catch (error) {
    return hasCode(error, 'ECONNREFUSED')
  } finally {
    socket.destroy()
  }
}

const causes: Record<string, { message: string; hint: string }> = {
  EADDRINUSE: {
    message: 'is already in use',
    hint: 'another program listens there, perhaps another wizard: stop it, or give another port',
  },
  EACCES: {
    message: "can't be used: permission denied",
    hint: 'ports below 1024 need root, and a file needs a folder of the same user: choose another, or let systemd hand over its socket',
  },
  EADDRNOTAVAIL: {
    message: "can't be used: this machine does not have the address",
    hint: 'give one that it has, such as 127.0.0.1, or 0.0.0.0 for all',
  },
  ENOTFOUND: {
    message: "can't be used: the host has no address",
    hint: 'give an address, such as 127.0.0.1',
  },
}

function unusable(place: string, cause: unknown): UsageError {
  if (cause instanceof UsageError) return cause
  const { message, hint } = causes[codeOf(cause)] ?? {
    message: `can't be used: ${reasonOf(cause)}`,
    hint: 'give another host, port or file',
  }
  return new UsageError(`${place} ${message}`, { hint, cause })
}

const notASocket = (cause: unknown) =>
  new UsageError(`the socket that systemd hands over can't be used: ${reasonOf(cause)}`, {
    hint: 'the socket unit needs ListenStream=, and Accept=no',
    cause,
  })
