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
