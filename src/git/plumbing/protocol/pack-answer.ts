import type { Oid } from '../objects/object.js'
import { cutShort, type PacketReader } from './pkt-line.js'

const data = 1

const failure = 3

/**
 * The pack out of a side-band: its own bytes, without the server's remarks on its progress.
 *
 * @param first the first packet, where it was read already
 * @see https://git-scm.com/docs/gitprotocol-pack#_packfile_data
 * @throws GitHubError for the server's own words on why it gives up
 * @throws GitHubNetworkError where the answer ends before the pack does
 */
export async function* packOf(
  packets: PacketReader,
  host: string,
  first?: Buffer,
): AsyncGenerator<Buffer> {
  for (let packet = first ?? (await packets.next()); ; packet = await packets.next()) {
    if (packet === null) throw cutShort(host)
    if (typeof packet === 'string') return
    if (packet[0] === data) yield packet.subarray(1)
    if (packet[0] === failure) throw packets.refusal(packet.subarray(1))
  }
}

export interface PackRequest {
  wants: Oid[]
  /** What is here, for the server to leave out. */
  haves: Haves
  /** The commits at which history ends here. */
  shallow: Set<Oid>
  /** How many commits deep history shall be cut. */
  depth: number | undefined
}

/** Commits that are here, told a few at a time until the server knows enough. */
export interface Haves {
  /** The next ones to tell; fewer than `count` when there are no more. */
  next(count: number): Promise<Oid[]>
  /** The server has this one too, and so all that it leads to. */
  acknowledge(oid: Oid): Promise<void>
}

/** A pack that begins to arrive. */
export interface PackAnswer {
  /** Commits at which history ends from now on, and those at which it ends no more. */
  shallow: Oid[]
  unshallow: Oid[]
  /** The pack's own bytes. */
  chunks: AsyncIterable<Buffer>
}

export type Opened = PackAnswer & { packets: PacketReader }
