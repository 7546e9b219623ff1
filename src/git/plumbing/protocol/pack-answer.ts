import type { Clock } from '../../../base/clock.js'
import { GitHubNetworkError } from '../../../base/errors.js'
import type { Oid } from '../objects/object.js'
import { cutShort, type PacketReader } from './pkt-line.js'

/** The first byte of a packet that belongs to the side-band. */
export const band = { data: 1, progress: 2, failure: 3 }

/**
 * How long a server may prepare a pack while it sends only progress messages: in bytes of them, and
 * in milliseconds.
 */
const mostProgress = { bytes: 16 * 1024 * 1024, time: 10 * 60_000 }

export interface Sender {
  /** For messages. */
  host: string
  clock: Clock
}

/**
 * Extracts the pack from a side-band, without the server's progress messages.
 *
 * @param first the first packet, if it was read already
 * @see https://git-scm.com/docs/gitprotocol-pack#_packfile_data
 * @throws GitHubError with the server's message if it gives up
 * @throws GitHubNetworkError if the answer ends before the pack does, or goes on without it
 */
export async function* packOf(
  packets: PacketReader,
  { host, clock }: Sender,
  first?: Buffer,
): AsyncGenerator<Buffer> {
  let progress = { bytes: 0, since: clock.now() }
  for (let packet = first ?? (await packets.next()); ; packet = await packets.next()) {
    if (packet === null) throw cutShort(host)
    if (typeof packet === 'string') return
    if (packet[0] === band.failure) throw packets.refusal(packet.subarray(1))
    if (packet[0] === band.data && packet.length > 1) {
      yield packet.subarray(1)
      progress = { bytes: 0, since: clock.now() }
      continue
    }
    progress.bytes += packet.length
    const time = clock.now() - progress.since
    if (progress.bytes > mostProgress.bytes || time > mostProgress.time) throw withoutPack(host)
  }
}

const withoutPack = (host: string) =>
  new GitHubNetworkError(`${host} keeps answering without sending the pack`, {
    hint: 'try again later; running the command again is safe',
  })

export interface PackRequest {
  wants: Oid[]
  /** Local commits, so that the server leaves them out. */
  haves: Haves
  /** The commits at which the local history ends. */
  shallow: Set<Oid>
  /** Cuts history after this many commits. */
  depth: number | undefined
}

/** Local commits, announced a few at a time until the server knows enough. */
export interface Haves {
  /** The commits that local refs name. */
  tips(): Oid[]
  /** The next commits to announce; fewer than `count` if there are no more. */
  next(count: number): Promise<Oid[]>
  /** The server has this commit too, and everything that it leads to. */
  acknowledge(oid: Oid): Promise<void>
}

/** The beginning of an arriving pack. */
export interface PackAnswer {
  /** Commits at which history ends from now on, and those at which it no longer ends. */
  shallow: Oid[]
  unshallow: Oid[]
  /** The pack's bytes. */
  chunks: AsyncIterable<Buffer>
}

/** The commits at which history ends with an answer's pack. */
export function borderAfter(
  before: Set<Oid>,
  { shallow, unshallow }: Pick<PackAnswer, 'shallow' | 'unshallow'>,
): Set<Oid> {
  const border = new Set([...before, ...shallow])
  for (const oid of unshallow) border.delete(oid)
  return border
}

export type Opened = PackAnswer & { packets: PacketReader }
