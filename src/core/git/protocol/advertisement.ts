import { GitHubError } from '../../errors.js'
import { isOid } from '../objects/hash.js'
import type { Git, RemoteRef } from '../types.js'
import { type Capabilities, parseCapabilities } from './capabilities.js'
import { getAdvertisement } from './http.js'
import { addRef, branchOrNull, notSha1 } from './ls-refs.js'
import type { PacketReader } from './pkt-line.js'
import type { Advertised } from './remote.js'

type Advertisement = Advertised & { url: string; version: 0 | 2; capabilities: Capabilities }

/**
 * What a server says of itself at the first GET: in version 0 all its refs, of which those that begin with one of
 * the prefixes are kept, and HEAD; in version 2 only that it is such a server.
 *
 * @see https://git-scm.com/docs/gitprotocol-http#_smart_clients
 */
export async function advertisement(
  git: Git,
  url: string,
  prefixes: string[],
): Promise<Advertisement> {
  const { packets, url: final } = await getAdvertisement(git, url)
  const host = new URL(url).host
  try {
    const first = await firstLine(packets, host)
    const empty = {
      url: final,
      head: null,
      unborn: null,
      refs: new Map(),
      capabilities: new Set<string>(),
    }
    if (first === 'version 2') return { ...empty, version: 2 }
    if (first === null) return { ...empty, version: 0 }
    return { url: final, version: 0, ...(await readRefs(packets, first, prefixes, host)) }
  } finally {
    await packets.close()
  }
}

/** After the service's own name; null where there are no refs. */
async function firstLine(packets: PacketReader, host: string): Promise<string | null> {
  const service = await packets.line()
  const end = await packets.next()
  if (
    typeof service !== 'object' ||
    service?.text !== '# service=git-upload-pack' ||
    end !== 'flush'
  ) {
    throw new GitHubError(`${host} does not speak git's smart protocol`, {
      hint: 'is this a git server?',
    })
  }
  const first = await packets.line()
  return typeof first === 'object' && first !== null ? first.text : null
}

async function readRefs(
  packets: PacketReader,
  first: string,
  prefixes: string[],
  host: string,
): Promise<Advertised & { capabilities: Capabilities }> {
  const [line = '', capabilityText = ''] = first.split('\0')
  const all = new Map<string, RemoteRef>()
  addLine(all, line, host)
  for (;;) {
    const next = await packets.line()
    if (next === 'flush') break
    if (next === null || typeof next === 'string') {
      throw new GitHubError(`${host} does not list its refs as git's protocol says`)
    }
    addLine(all, next.text, host)
  }
  const capabilities = parseCapabilities(capabilityText)
  const wanted = [...all].filter(
    ([name]) => name === 'HEAD' || prefixes.some((prefix) => name.startsWith(prefix)),
  )
  return { head: headOf(all, capabilities), unborn: null, refs: new Map(wanted), capabilities }
}

function addLine(refs: Map<string, RemoteRef>, line: string, host: string): void {
  const [oid = '', name = ''] = line.split(' ')
  if (!isOid(oid)) throw notSha1(host)
  const tag = name.endsWith('^{}') ? name.slice(0, -3) : null
  // A repository without refs has one line, whose name is `capabilities^{}`.
  const before = tag === null ? undefined : refs.get(tag)
  if (tag === null) addRef(refs, name, oid)
  else if (before !== undefined) addRef(refs, tag, before.oid, oid)
}

/** Older servers do not say what HEAD stands for: then the likeliest branch of those at the same commit. */
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
