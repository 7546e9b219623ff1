import { GitHubError } from '../../../base/errors.js'
import { isOid } from '../../../base/names/ref.js'
import type { Git } from '../../git.js'
import { advertisement } from './advertisement.js'
import { postUploadPack } from './http.js'
import { agent, delimiter, flush, type PacketReader, pktLine } from './pkt-line.js'
import {
  type Advertised,
  addRef,
  branchOrNull,
  notSha1,
  type Remote,
  type RemoteRef,
} from './remote-refs.js'

/**
 * Tries version 2 at once, and the older protocol, which begins with a GET, only if the server does
 * not understand it.
 *
 * @throws GitHubAuthError, GitHubNotFoundError, GitHubRateLimitError, GitHubNetworkError,
 *   GitHubError
 */
export async function connect(git: Git, url: string, prefixes: string[]): Promise<Remote> {
  try {
    return await lsRefs(git, url, prefixes, true)
  } catch (error) {
    if (!isMisunderstanding(error)) throw error
  }
  const { version, ...remote } = await advertisement(git, url, prefixes)
  if (version === 0) return { version, ...remote }
  return lsRefs(git, remote.url, prefixes, remote.capabilities.has('ls-refs=unborn'))
}

/** Excludes the subclasses: they know what is wrong, and another protocol would not help. */
const isMisunderstanding = (error: unknown) =>
  error instanceof GitHubError && error.code === 'GITHUB'

/**
 * Lists HEAD and the refs with one of the prefixes by version 2's `ls-refs`: one POST, without a
 * GET before it.
 *
 * @param knowsUnborn whether the server names the branch that an empty repository's HEAD points to
 * @see https://git-scm.com/docs/gitprotocol-v2#_ls_refs
 * @throws GitHubError if the server does not understand, or refuses
 */
async function lsRefs(
  git: Git,
  url: string,
  prefixes: string[],
  knowsUnborn: boolean,
): Promise<Remote> {
  const answer = await postUploadPack(git, url, requestBody(prefixes, knowsUnborn))
  try {
    const advertised = await readAdvertised(answer.packets, new URL(url).host)
    await answer.packets.finish()
    return { ...advertised, version: 2, url: answer.url }
  } finally {
    await answer.packets.close()
  }
}

const requestBody = (prefixes: string[], knowsUnborn: boolean) =>
  [
    pktLine('command=ls-refs\n'),
    pktLine(`${agent}\n`),
    delimiter,
    pktLine('peel\n'),
    pktLine('symrefs\n'),
    ...(knowsUnborn ? [pktLine('unborn\n')] : []),
    ...['HEAD', ...prefixes].map((prefix) => pktLine(`ref-prefix ${prefix}\n`)),
    flush,
  ].join('')

async function readAdvertised(packets: PacketReader, host: string): Promise<Advertised> {
  const refs = new Map<string, RemoteRef>()
  const advertised: Advertised = { head: null, unborn: null, refs }
  for (;;) {
    const line = await packets.line()
    if (line === 'flush') return advertised
    if (line === null || typeof line === 'string') {
      throw new GitHubError(`${host} does not list its refs as git's protocol requires`)
    }
    addLine(advertised, line.text, host)
  }
}

function addLine(advertised: Advertised, line: string, host: string): void {
  const [oid = '', name = '', ...attributes] = line.split(' ')
  const attribute = (key: string) =>
    attributes.find((one) => one.startsWith(key))?.slice(key.length)
  const target = attribute('symref-target:')
  if (oid === 'unborn') {
    if (name === 'HEAD' && target !== undefined) advertised.unborn = branchOrNull(target)
    return
  }
  if (!isOid(oid)) throw notSha1(host)
  if (name === 'HEAD' && target !== undefined) advertised.head = branchOrNull(target)
  addRef(advertised.refs, name, oid, attribute('peeled:'))
}
