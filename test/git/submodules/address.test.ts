import { describe, expect, it } from 'vitest'
import { fetchableUrl, resolveAddress } from '../../../src/git/submodules/address.js'

const https = 'https://github.com/uDOS/super.git'
const ssh = 'git@github.com:uDOS/super.git'

describe('an address in .gitmodules', () => {
  it.each([
    ['../lib.git', https, 'https://github.com/uDOS/lib.git'],
    ['../../other/lib', https, 'https://github.com/other/lib'],
    ['./lib', https, 'https://github.com/uDOS/super.git/lib'],
    ['../lib/', `${https}/`, 'https://github.com/uDOS/lib'],
    ['../a/../b', https, 'https://github.com/uDOS/a/../b'],
    ['../lib', ssh, 'git@github.com:uDOS/lib'],
    ['../../lib', ssh, 'git@github.com:lib'],
    ['../lib', 'ssh://git@github.com:22/uDOS/super', 'ssh://git@github.com:22/uDOS/lib'],
    ['https://example.org/lib', https, 'https://example.org/lib'],
    ['..', https, '..'],
  ])('%s, seen from %s, is %s', (address, origin, expected) => {
    expect(resolveAddress('lib', address, origin)).toBe(expected)
  })

  it.each([
    ['../../../lib', https],
    ['../../../../lib', https],
    ['../../../lib', ssh],
  ])('%s leaves the host of %s', (address, origin) => {
    expect(() => resolveAddress('lib', address, origin)).toThrow(
      `submodule lib: its address "${address}" leaves the host`,
    )
  })
})

describe('an address is fetched', () => {
  it.each([
    ['https://github.com/uDOS/lib.git', 'https://github.com/uDOS/lib.git'],
    ['https://user:secret@example.org/lib/', 'https://example.org/lib'],
    ['http://127.0.0.1:8080/lib', 'http://127.0.0.1:8080/lib'],
    ['git@github.com:uDOS/lib.git', 'https://github.com/uDOS/lib.git'],
    ['github.com:/uDOS/lib.git', 'https://github.com/uDOS/lib.git'],
    ['ssh://git@github.com:22/uDOS/lib', 'https://github.com/uDOS/lib'],
    ['ssh://git@ssh.github.com:443/uDOS/lib', 'https://github.com/uDOS/lib'],
  ])('%s as %s', (address, expected) => {
    expect(fetchableUrl('lib', address, https)).toBe(expected)
  })

  it('by the user’s alias, if that can be fetched', () => {
    const mirror = 'https://mirror.example.org/lib'
    expect(fetchableUrl('lib', 'short:lib', https, mirror)).toBe(mirror)
    expect(fetchableUrl('lib', mirror, https, 'git@mirror.example.org:lib')).toBe(mirror)
  })

  it.each([
    '',
    '-u./payload',
    '--upload-pack=x',
    'file:///etc',
    '/etc',
    'lib',
    'ext::sh -c id',
    'git://github.com/uDOS/lib',
    'http://github.com/uDOS/lib',
    'https:github.com/uDOS/lib',
    'https:///github.com/uDOS/lib',
    'https::https://github.com/uDOS/lib',
    'https://github.com/a%0d%0ahost: x',
    'https://github.com/a\nb',
    'git@gitlab.com:uDOS/lib',
    'ssh://-oProxyCommand=id/uDOS/lib',
    'ssh://git@gitlab.com/uDOS/lib',
  ])('and %j is not', (address) => {
    expect(() => fetchableUrl('lib', address, https)).toThrow(
      /^submodule lib: its address .* is not/,
    )
  })

  it('and the refusal shows no password', () => {
    expect(() => fetchableUrl('lib', 'http://me:secret@example.org/x', https)).toThrow(
      'submodule lib: its address "http://example.org/x" is not supported',
    )
  })
})
