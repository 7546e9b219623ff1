import { describe, expect, it } from 'vitest'
import { networkTest, parseNetwork } from '../../../src/base/names/network.js'

const networks = (...texts: string[]) =>
  texts.map((text) => parseNetwork(text)).filter((network) => network !== null)

describe('parseNetwork', () => {
  it('reads networks, and addresses as networks of their own', () => {
    expect(networks('10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '[::1]', '::/0')).toEqual([
      { address: '10.0.0.0', length: 8, family: 'ipv4' },
      { address: '192.0.2.7', length: 32, family: 'ipv4' },
      { address: '2001:db8::', length: 32, family: 'ipv6' },
      { address: '::1', length: 128, family: 'ipv6' },
      { address: '::', length: 0, family: 'ipv6' },
    ])
  })

  it.each([
    '',
    'github',
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.0/',
    '::/129',
    '010.0.0.1',
    'fe80::1%eth0',
    '10.0.0.1:80',
    '10.0.0.0/8/8',
  ])('refuses %s', (text) => {
    expect(parseNetwork(text)).toBeNull()
  })
})

describe('networkTest', () => {
  it.each([
    ['10.1.2.3', true],
    ['11.1.2.3', false],
    ['::ffff:10.1.2.3', true],
    ['::ffff:0a01:0203', true],
    ['::ffff:11.1.2.3', false],
    ['2001:db8:1::9', true],
    ['2001:DB8:1::9', true],
    ['2001:db9::9', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['', false],
    ['unknown', false],
    ['10.1.2.3:80', false],
  ])('finds %s: %s', (address, isIn) => {
    expect(networkTest(networks('10.0.0.0/8', '2001:db8::/32', '192.0.2.7'))(address)).toBe(isIn)
  })

  it('finds nothing in no network', () => {
    expect(networkTest([])('10.0.0.1')).toBe(false)
  })
})
