import { GitHubError, GitHubNotFoundError } from '../../../base/errors.js'
import type { Git } from '../../git.js'
import type { Oid } from '../objects/object.js'
import { postUploadPack } from './http.js'
import {
  type Opened,
  type PackAnswer,
  type PackRequest,
  packOf,
  type Sender,
} from './pack-answer.js'
import { agent, delimiter, flush, type PacketReader, pktLine } from './pkt-line.js'
import type { Remote } from './remote-refs.js'
import { requestPackV0 } from './request-pack-v0.js'

/**
 * Requests a pack of the wanted objects that are missing here, and passes it on as it arrives.
 *
 * @throws GitHubNotFoundError if the server does not have, or does not serve, what is wanted
 * @throws GitHubError, GitHubNetworkError, and the other errors of http.ts
 */
export async function requestPack<T>(
  git: Git,
  remote: Remote,
  request: PackRequest,
  take: (answer: PackAnswer) => Promise<T>,
): Promise<T> {
  let packets: PacketReader | undefined
  try {
    const opened =
      remote.version === 2
        ? await requestPackV2(git, remote, request)
        : await requestPackV0(git, remote, request)
    packets = opened.packets
    const taken = await take(opened)
    await packets.finish()
    return taken
  } catch (error) {
    throw explainUnknown(error)
  } finally {
    await packets?.close()
  }
}

/** Tells a server's refusal of an object that it does not have from its other ones. */
export function explainUnknown(error: unknown): unknown {
  if (!(error instanceof GitHubError)) return error
  if (!/not our ref|unadvertised object/.test(error.message)) return error
  return new GitHubNotFoundError(error.message, {
    hint: 'the commit is not, or no longer, in this repository',
    cause: error,
  })
}

/** Commits to announce in the first round; each further round doubles them. */
const firstRound = 16
const mostPerRound = 16_384
/**
 * If the server knows none of this many commits in a row, the histories have nothing more in
 * common.
 */
const mostInVain = 256

/** @see https://git-scm.com/docs/gitprotocol-v2#_fetch */
async function requestPackV2(git: Git, remote: Remote, request: PackRequest): Promise<Opened> {
  const common: Oid[] = []
  let inVain = 0
  for (let count = firstRound; ; count = Math.min(count * 2, mostPerRound)) {
    const announced = await request.haves.next(count)
    const done = announced.length < count || (common.length > 0 && inVain > mostInVain)
    const body = requestBody(request, [...common, ...announced], done)
    const { packets } = await postUploadPack(git, remote.url, body)
    const host = new URL(remote.url).host
    try {
      const acknowledged = done ? 'ready' : await readAcknowledgments(packets, host)
      if (acknowledged === 'ready') return await openPack(packets, { host, clock: git.clock })
      const news = acknowledged.filter((oid) => !common.includes(oid))
      for (const oid of news) await request.haves.acknowledge(oid)
      common.push(...news)
      inVain = news.length > 0 ? 0 : inVain + announced.length
      await packets.finish()
    } catch (error) {
      await packets.close()
      throw error
    }
  }
}

function requestBody({ wants, shallow, depth }: PackRequest, haves: Oid[], done: boolean): string {
  return [
    pktLine('command=fetch\n'),
    pktLine(`${agent}\n`),
    delimiter,
    pktLine('no-progress\n'),
    pktLine('include-tag\n'),
    pktLine('ofs-delta\n'),
    ...[...shallow].map((oid) => pktLine(`shallow ${oid}\n`)),
    ...(depth === undefined ? [] : [pktLine(`deepen ${depth}\n`)]),
    ...wants.map((oid) => pktLine(`want ${oid}\n`)),
    ...haves.map((oid) => pktLine(`have ${oid}\n`)),
    ...(done ? [pktLine('done\n')] : []),
    flush,
  ].join('')
}

/** The announced commits that the server has; `ready` if they are enough and the pack follows. */
async function readAcknowledgments(packets: PacketReader, host: string): Promise<Oid[] | 'ready'> {
  const oids: Oid[] = []
  for (;;) {
    const line = await packets.line()
    if (line === 'delimiter') return 'ready'
    if (line === 'flush') return oids
    if (line === null || typeof line === 'string') throw unexpected(host)
    const oid = /^ACK ([0-9a-f]{40})$/.exec(line.text)?.[1]
    if (oid !== undefined) oids.push(oid)
  }
}

/** Reads the sections before the pack. Only the one about shallow commits matters. */
async function openPack(packets: PacketReader, sender: Sender): Promise<Opened> {
  const shallow: Oid[] = []
  const unshallow: Oid[] = []
  for (;;) {
    const line = await packets.line()
    if (line === null || line === 'flush') throw unexpected(sender.host)
    if (typeof line === 'string') continue
    if (line.text === 'packfile') {
      return { packets, shallow, unshallow, chunks: packOf(packets, sender) }
    }
    const [, word, oid] = /^(shallow|unshallow) ([0-9a-f]{40})$/.exec(line.text) ?? []
    if (oid !== undefined) (word === 'shallow' ? shallow : unshallow).push(oid)
  }
}

const unexpected = (host: string) =>
  new GitHubError(`${host} does not answer a fetch as git's protocol requires`)
