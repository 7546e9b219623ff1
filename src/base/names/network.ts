import { BlockList, isIP } from 'node:net'

export interface Network {
  /** Without brackets. */
  address: string
  /** Bits. */
  length: number
  family: 'ipv4' | 'ipv6'
}

/**
 * Reads `10.0.0.0/8`, `2001:db8::/32`, or an address, which is a network of its own; IPv6 with or
 * without brackets. null for anything else.
 */
export function parseNetwork(text: string): Network | null {
  const [, address = '', bits] = /^\[?([^[\]/%]+)\]?(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  const most = version === 4 ? 32 : 128
  const length = bits === undefined ? most : Number(bits)
  if (version === 0 || length > most) return null
  return { address, length, family: version === 4 ? 'ipv4' : 'ipv6' }
}

/**
 * Whether an address is in one of the networks. IPv4 written as IPv6 (`::ffff:192.0.2.1`), which is
 * how a socket of both families names it, counts as IPv4.
 */
export function networkTest(networks: readonly Network[]): (address: string) => boolean {
  const list = new BlockList()
  for (const { address, length, family } of networks) list.addSubnet(address, length, family)
  return (address) => {
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
}
