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
  /** null: it came through a Unix socket, so from a proxy on this machine. */
  address: string | null
  /** `X-Forwarded-For` */
  forwardedFor: string | undefined
}

export interface Access {
  /** The client's address; null if it is unknown. */
  clientOf(peer: Peer): string | null
  /** null: only GitHub's addresses could admit the client, and they have not been read yet. */
  isAllowed(client: string | null): Promise<boolean | null> | boolean
}

/**
 * @param ranges is called when GitHub's addresses are first needed, and begins to read them
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
 * The client's address. Each proxy appends the address that asked it, so the list is read from the
 * right, as long as a trusted proxy wrote the entry. null if a trusted proxy names no address.
 */
export function clientAddress(
  { address, forwardedFor = '' }: Peer,
  isTrusted: (address: string) => boolean,
): string | null {
  const hops = forwardedFor.split(',')
  let client = address
  while (hops.length > 0 && (client === null || isTrusted(client))) {
    const hop = addressOf(hops.pop() ?? '')
    // Without a list, the proxy itself is the client.
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
  throw new ConfigError(`neither an address nor a network: ${entry}`, {
    hint: 'write it as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32',
  })
}
