import { GitHubError } from '../../../base/errors.js'
import type { Git } from '../../git.js'
import type { Oid } from '../objects/object.js'
import { postUploadPack } from './http.js'
import { type Opened, type PackRequest, packOf, type Sender } from './pack-answer.js'
import { agent, type Capabilities, flush, type PacketReader, pktLine } from './pkt-line.js'
import type { Remote } from './remote-refs.js'

/**
 * The most commits to announce, all in one round. Such servers are rare, and a pack that is too big
 * does no harm.
 */
const mostHaves = 1024
const needed = 'side-band-64k'
const wished = ['include-tag', 'ofs-delta', 'no-progress']
/** The highest first byte of a pack's packet; the lines before the pack begin with letters. */
const greatestBand = 3

/** @see https://git-scm.com/docs/gitprotocol-pack#_packfile_negotiation */
export async function requestPackV0(
  git: Git,
  remote: Remote & { version: 0 },
  request: PackRequest,
): Promise<Opened> {
  const host = new URL(remote.url).host
  const { capabilities } = remote
  if (!capabilities.has(needed)) throw new GitHubError(`${host} can't send packs over a side-band`)
  const haves = await request.haves.next(mostHaves)
  const { packets } = await postUploadPack(git, remote.url, body(request, haves, capabilities))
  try {
    return await openPackV0(packets, { host, clock: git.clock })
  } catch (error) {
    await packets.close()
    throw error
  }
}

function body(
  { wants, shallow, depth }: PackRequest,
  haves: Oid[],
  capabilities: Capabilities,
): string {
  const spoken = [needed, ...wished.filter((one) => capabilities.has(one)), agent].join(' ')
  return [
    ...wants.map((oid, at) => pktLine(at === 0 ? `want ${oid} ${spoken}\n` : `want ${oid}\n`)),
    ...[...shallow].map((oid) => pktLine(`shallow ${oid}\n`)),
    ...(depth === undefined ? [] : [pktLine(`deepen ${depth}\n`)]),
    flush,
    ...haves.map((oid) => pktLine(`have ${oid}\n`)),
    pktLine('done\n'),
  ].join('')
}

/** Reads up to the pack. @throws GitHubError if there is none */
export async function openPackV0(packets: PacketReader, sender: Sender): Promise<Opened> {
  const shallow: Oid[] = []
  const unshallow: Oid[] = []
  for (;;) {
    const packet = await packets.ahead()
    if (packet === null) throw new GitHubError(`${sender.host} sends no pack`)
    if (typeof packet === 'string') continue
    if ((packet[0] ?? 0) <= greatestBand) {
      return { packets, shallow, unshallow, chunks: packOf(packets, sender, packet) }
    }
    const line = packet.toString('latin1').trimEnd()
    const [, word, oid] = /^(shallow|unshallow) ([0-9a-f]{40})$/.exec(line) ?? []
    if (oid !== undefined) (word === 'shallow' ? shallow : unshallow).push(oid)
  }
}
