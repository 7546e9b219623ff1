import { isIP } from 'node:net'
import { ConfigError } from '../../base/errors.js'
import { networkTest, parseNetwork } from '../../base/names/network.js'
import type { GitHubRanges } from './github-ranges.js'

/** Who may send deliveries. */
export interface AccessRules {
  /** `github`, addresses and networks; empty: everybody. */
  allow: readonly string[]
  /** The addresses and networks whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[]
}

/** Where a request comes from. */
export interface Peer {
  /** null: by a Unix socket, so from a proxy on this machine. */
  address: string | null
  /** `X-Forwarded-For` */
  forwardedFor: string | undefined
}

export interface Access {
  /** The client's address; null where nobody names it. */
  clientOf(peer: Peer): string | null
  /** null: GitHub has not named its addresses yet, and no other rule admits the client. */
  isAllowed(client: string | null): Promise<boolean | null> | boolean
}

/**
 * @param ranges starts to read GitHub's addresses, when they are first needed
 * @throws ConfigError if an entry is neither an address nor a network
 */
export function accessFor(
  { allow, trustedProxies }: AccessRules,
  ranges: () => GitHubRanges,
): Access {
  const isTrusted = networkTest(trustedProxies.map(networkOf))
  const isListed = networkTest(allow.filter((entry) => entry !== 'github').map(networkOf))
  const github = allow.includes('github') ? ranges() : null
  return {
    clientOf: (peer) => clientAddress(peer, isTrusted),
    isAllowed(client) {
      if (allow.length === 0) return true
      if (client === null) return false
      return isListed(client) || (github?.has(client) ?? false)
    },
  }
}

/**
 * The client's address. Each proxy adds at the right whom it was asked by, so the list is read from
 * there, as long as a trusted one wrote it. null where a trusted proxy names no address.
 */
export function clientAddress(
  { address, forwardedFor = '' }: Peer,
  isTrusted: (address: string) => boolean,
): string | null {
  const hops = forwardedFor.split(',')
  let client = address
  while (hops.length > 0 && (client === null || isTrusted(client))) {
    const hop = addressOf(hops.pop() ?? '')
    // An empty list ends at the proxy itself.
    if (hop === '' && hops.length === 0) return client
    if (isIP(hop) === 0) return null
    client = hop
  }
  return client
}

/** Without the port that some proxies add: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
const addressOf = (hop: string) =>
  hop.trim().replace(/^(?:\[([^\]]*)\]|(\d+(?:\.\d+){3}))(?::\d+)?$/, '$1$2')

function networkOf(entry: string) {
  const network = parseNetwork(entry)
  if (network !== null) return network
  throw new ConfigError(`${entry} is neither an address nor a network`, {
    hint: 'write it as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32',
  })
}
