import { GitHubError } from '../../../base/errors.js'
import { isOid } from '../../../base/names/ref.js'
import type { Git } from '../../git.js'
import { getAdvertisement, type ProtocolVersion } from './http.js'
import { type Capabilities, type PacketReader, parseCapabilities } from './pkt-line.js'
import { type Advertised, addRef, branchOrNull, notSha1, type RemoteRef } from './remote-refs.js'

type Advertisement = Advertised & { url: string; version: 0 | 2; capabilities: Capabilities }

const nothing: Advertised = { head: null, unborn: null, refs: new Map() }

/**
 * Asks a server what it offers, by the first GET. Version 0 lists all refs, of which HEAD and those
 * with one of the prefixes are kept; version 2 lists only its capabilities.
 *
 * @see https://git-scm.com/docs/gitprotocol-http#_smart_clients
 */
export async function advertisement(
  git: Git,
  url: string,
  prefixes: string[],
  spoken: ProtocolVersion = 2,
): Promise<Advertisement> {
  const { packets, url: final } = await getAdvertisement(git, url, spoken)
  const host = new URL(url).host
  try {
    const [first, ...others] = await readLines(packets, host)
    if (first === 'version 2') {
      return { ...nothing, url: final, version: 2, capabilities: new Set(others) }
    }
    const [line, words = ''] = (first ?? '').split('\0')
    const capabilities = parseCapabilities(words)
    const lines = line ? [line, ...others] : []
    return { url: final, version: 0, ...pick(lines, prefixes, capabilities, host), capabilities }
  } finally {
    await packets.close()
  }
}

/**
 * Reads up to the flush packet. Some servers send the service's name first, with its own flush
 * packet.
 */
async function readLines(packets: PacketReader, host: string): Promise<string[]> {
  const lines: string[] = []
  for (;;) {
    const line = await packets.line()
    if (line === null || line === 'delimiter' || line === 'end') {
      throw new GitHubError(`${host} does not list its refs as git's protocol requires`, {
        hint: 'check that this is a git server',
      })
    }
    if (line !== 'flush') lines.push(line.text)
    else if (lines.length === 1 && lines[0] === '# service=git-upload-pack') lines.pop()
    else return lines
  }
}

function pick(
  lines: string[],
  prefixes: string[],
  capabilities: Capabilities,
  host: string,
): Advertised {
  const all = new Map<string, RemoteRef>()
  for (const line of lines) addLine(all, line, host)
  const wanted = [...all].filter(
    ([name]) => name === 'HEAD' || prefixes.some((prefix) => name.startsWith(prefix)),
  )
  return { head: headOf(all, capabilities), unborn: null, refs: new Map(wanted) }
}

function addLine(refs: Map<string, RemoteRef>, line: string, host: string): void {
  const [oid = '', name = ''] = line.split(' ')
  if (!isOid(oid)) throw notSha1(host)
  const tag = name.endsWith('^{}') ? name.slice(0, -3) : null
  // A repository without refs sends one line, with the name `capabilities^{}`.
  const before = tag === null ? undefined : refs.get(tag)
  if (tag === null) addRef(refs, name, oid)
  else if (before !== undefined) addRef(refs, tag, before.oid, oid)
}

/**
 * Older servers do not name HEAD's branch: then it is the likeliest of the branches at the same
 * commit.
 */
function headOf(refs: Map<string, RemoteRef>, capabilities: Capabilities): string | null {
  const symref = [...capabilities].find((one) => one.startsWith('symref=HEAD:'))
  if (symref !== undefined) return branchOrNull(symref.slice('symref=HEAD:'.length))
  const oid = refs.get('HEAD')?.oid
  const same = [...refs].flatMap(([name, ref]) =>
    ref.oid === oid && name.startsWith('refs/heads/') ? [name] : [],
  )
  const usual = ['refs/heads/main', 'refs/heads/master'].find((name) => same.includes(name))
  return usual ?? same[0] ?? null
}
