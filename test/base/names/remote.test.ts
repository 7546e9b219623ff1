import { describe, expect, test } from 'vitest'
import { isRemoteOf, parseRemote, remoteUrl } from '../../../src/base/names/remote.js'

describe('a remote address', () => {
  test.each([
    ['https://github.com/uDOS/typo.git', 'github.com uDOS typo'],
    ['https://github.com/uDOS/typo.GIT', 'github.com uDOS typo'],
    ['https://x-access-token:secret@GitHub.com/uDOS/typo/', 'github.com uDOS typo'],
    ['http://127.0.0.1:8080/git/uDOS/typo', '127.0.0.1:8080 uDOS typo'],
    ['https://host.test/ghes/uDOS/typo.git', 'host.test uDOS typo'],
    ['https://github.com:443/uDOS/typo', 'github.com uDOS typo'],
    ['https://github.com/uDOS/.github', 'github.com uDOS .github'],
    ['ssh://git@github.com:22/uDOS/typo.git', 'github.com:22 uDOS typo'],
    ['git://github.com/uDOS/typo', 'github.com uDOS typo'],
    ['git@github.com:uDOS/typo.git', 'github.com uDOS typo'],
    ['git@github.com:/uDOS/typo.git', 'github.com uDOS typo'],
    ['github.com:uDOS/typo', 'github.com uDOS typo'],
    ['/srv/git/uDOS/typo.git', null],
    ['../uDOS/typo', null],
    ['uDOS/typo', null],
    ['file:///srv/git/uDOS/typo.git', null],
    ['https://github.com/uDOS', null],
    ['https://github.com/', null],
    ['', null],
  ])('%s', (text, expected) => {
    const address = parseRemote(text)
    expect(address && `${address.host} ${address.owner} ${address.repo}`).toBe(expected)
  })
})

test.each([
  ['https://github.com/uDOS/typo.git', 'https://github.com', true],
  ['https://token@GitHub.com/UDOS/Typo', 'https://github.com', true],
  ['git@github.com:uDOS/typo.git', 'https://github.com', true],
  ['ssh://git@ssh.github.com:443/uDOS/typo', 'https://github.com', true],
  ['ssh://git@ghes.test:2222/uDOS/typo', 'https://ghes.test:8443', true],
  ['http://127.0.0.1:81/uDOS/typo', 'http://127.0.0.1:80', false],
  ['ssh://git@ssh.ghes.test/uDOS/typo', 'https://ghes.test', false],
  ['https://github.com/uDOS/other', 'https://github.com', false],
  ['https://github.com/uDOS2/typo', 'https://github.com', false],
  ['https://github.com.evil.test/uDOS/typo', 'https://github.com', false],
  ['git@evil.test:github.com/uDOS/typo', 'https://github.com', false],
  ['/srv/uDOS/typo', 'https://github.com', false],
])('the origin %s is uDOS/typo on %s: %s', (origin, server, expected) => {
  expect(isRemoteOf(origin, server, { owner: 'uDOS', repo: 'typo' })).toBe(expected)
})

test.each(['https://github.com', 'https://host.test/ghes', 'http://127.0.0.1:8080'])(
  'what git is given for %s leads back to the repository',
  (server) => {
    const repo = { owner: 'uDOS', repo: '.github' }
    expect(remoteUrl(server, repo)).toBe(`${server}/uDOS/.github.git`)
    expect(parseRemote(remoteUrl(server, repo))).toMatchObject(repo)
    expect(isRemoteOf(remoteUrl(server, repo), server, repo)).toBe(true)
  },
)
