import { describe, expect, test } from 'vitest'
import {
  apiOfHost,
  gitUrlOf,
  isLoopback,
  isPrivate,
  webHostOf,
} from '../../../src/base/names/host.js'

describe('loopback', () => {
  /** As people write the host of an address; the URL parser normalizes it. */
  test.each([
    ['localhost', true],
    ['LocalHost', true],
    ['127.0.0.1', true],
    ['127.255.255.254', true],
    ['127.1', true],
    ['2130706433', true],
    ['0x7f.0.0.1', true],
    ['[::1]', true],
    ['[0:0:0:0:0:0:0:1]', true],
    ['localhost.', false],
    ['x.localhost', false],
    ['api.github.localhost', false],
    ['localhost.evil.test', false],
    ['notlocalhost', false],
    ['127.0.0.1.evil.test', false],
    ['x127.0.0.1.test', false],
    ['0.0.0.0', false],
    ['128.0.0.1', false],
    ['10.0.0.1', false],
    ['[::]', false],
    ['[::2]', false],
    ['[::ffff:127.0.0.1]', false],
    ['ip6-localhost', false],
  ])('%s: %s', (host, expected) => {
    expect(isLoopback(new URL(`http://${host}:1/`).hostname)).toBe(expected)
    expect(isPrivate(new URL(`http://${host}:1/`))).toBe(expected)
    expect(isPrivate(new URL(`https://${host}:1/`))).toBe(true)
    expect(isPrivate(new URL(`ftp://${host}:1/`))).toBe(false)
  })

  test.each([
    ['::1', true],
    ['127.0.0.01', false],
    ['127.0.0.256', false],
    ['127.0.0', false],
    ['127.0.0.1\n', false],
    ['', false],
  ])('%j, which no URL gives: %s', (hostname, expected) => {
    expect(isLoopback(hostname)).toBe(expected)
  })
})

test.each([
  ['https://api.github.com', 'https://github.com'],
  ['https://github.com', 'https://github.com'],
  ['https://ghes.test/api/v3', 'https://ghes.test'],
  ['https://ghes.test/api/v3/', 'https://ghes.test'],
  ['https://ghes.test:8443/api/v3', 'https://ghes.test:8443'],
  ['https://host.test/ghes/api/v3', 'https://host.test/ghes'],
  ['https://host.test/api/v33', 'https://host.test'],
  ['https://api.acme.ghe.com', 'https://acme.ghe.com'],
  ['https://api.ghe.com', 'https://api.ghe.com'],
  ['https://api.acme.ghe.com.evil.test', 'https://api.acme.ghe.com.evil.test'],
  ['https://api.github.com.evil.test', 'https://api.github.com.evil.test'],
  ['https://github.acme.test', 'https://github.acme.test'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://localhost:1/api/v3', 'http://localhost:1'],
])('git and pages of %s are at %s', (api, git) => {
  expect(gitUrlOf(api)).toBe(git)
  expect(gitUrlOf(new URL(api))).toBe(git)
  expect(webHostOf(api)).toBe(new URL(git).host)
})

test.each([
  ['github.com', 'https://api.github.com'],
  ['GitHub.com', 'https://api.github.com'],
  ['api.github.com', 'https://api.github.com'],
  ['acme.ghe.com', 'https://api.acme.ghe.com'],
  ['ghes.test', 'https://ghes.test/api/v3'],
  ['ghes.test:8443', 'https://ghes.test:8443/api/v3'],
])('the API of %s is at %s, and leads back', (host, api) => {
  expect(apiOfHost(host)).toBe(api)
  const known = host.toLowerCase().replace(/^api\.github/, 'github')
  expect(webHostOf(api)).toBe(known)
})
