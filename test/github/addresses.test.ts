import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/base/errors.js'
import { graphqlUrl, isUploadHost, parseBaseUrl } from '../../src/github/addresses.js'

describe('addresses', () => {
  it.each([
    ['https://api.github.com', 'https://api.github.com/graphql'],
    ['https://ghes.test/api/v3/', 'https://ghes.test/api/graphql'],
    ['https://host.test/ghes/api/v3', 'https://host.test/ghes/api/graphql'],
    ['https://api.acme.ghe.com', 'https://api.acme.ghe.com/graphql'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/graphql'],
    ['http://localhost:1/api/v3', 'http://localhost:1/api/graphql'],
  ])('GraphQL of %s is at %s', (base, graphql) => {
    expect(graphqlUrl(parseBaseUrl(base)).href).toBe(graphql)
  })

  it.each([
    '',
    'api.github.com',
    'ftp://x.test',
    'http://api.github.com',
    'http://10.0.0.1',
    'http://api.localhost',
    'http://localhost.',
    'http://127.0.0.1.evil.test',
    'https://u:p@x.test',
  ])('refuses %s as the API', (address) => {
    expect(() => parseBaseUrl(address)).toThrow(ConfigError)
    expect(() => parseBaseUrl(address, 'git_url')).toThrow('github.git_url')
  })

  it.each([
    ['https://uploads.github.com/x', 'https://api.github.com', true],
    ['https://api.github.com/x', 'https://api.github.com', true],
    ['http://uploads.github.com/x', 'https://api.github.com', false],
    ['https://uploads.github.com.evil.test/x', 'https://api.github.com', false],
    ['https://evil.test/x', 'https://api.github.com', false],
    ['https://ghes.test/api/uploads/x', 'https://ghes.test/api/v3', true],
    ['http://127.0.0.1:2/x', 'http://127.0.0.1:1', true],
    ['http://127.0.0.1:2/x', 'https://api.github.com', false],
    ['http://x.localhost:2/x', 'http://127.0.0.1:1', false],
    ['https://uploads.acme.ghe.com/x', 'https://api.acme.ghe.com', true],
  ])('lets the token upload to %s of %s: %s', (url, base, allowed) => {
    expect(isUploadHost(new URL(url), parseBaseUrl(base))).toBe(allowed)
  })
})
