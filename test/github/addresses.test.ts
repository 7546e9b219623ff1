import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/base/errors.js'
import {
  gitUrlFor,
  graphqlUrl,
  isUploadHost,
  parseBaseUrl,
  webHost,
} from '../../src/github/addresses.js'

describe('addresses', () => {
  it.each([
    [
      'https://api.github.com',
      'https://github.com',
      'https://api.github.com/graphql',
      'github.com',
    ],
    [
      'https://ghes.test/api/v3/',
      'https://ghes.test',
      'https://ghes.test/api/graphql',
      'ghes.test',
    ],
    [
      'https://api.acme.ghe.com',
      'https://acme.ghe.com',
      'https://api.acme.ghe.com/graphql',
      'acme.ghe.com',
    ],
    [
      'http://127.0.0.1:8080',
      'http://127.0.0.1:8080',
      'http://127.0.0.1:8080/graphql',
      '127.0.0.1:8080',
    ],
    [
      'http://localhost:1/api/v3',
      'http://localhost:1',
      'http://localhost:1/api/graphql',
      'localhost:1',
    ],
  ])('of %s: git %s, GraphQL %s, known as %s', (base, git, graphql, host) => {
    expect(gitUrlFor(base)).toBe(git)
    expect(graphqlUrl(parseBaseUrl(base)).href).toBe(graphql)
    expect(webHost(parseBaseUrl(base))).toBe(host)
  })

  it.each([
    '',
    'api.github.com',
    'ftp://x.test',
    'http://api.github.com',
    'http://10.0.0.1',
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
  ])('lets the token upload to %s of %s: %s', (url, base, allowed) => {
    expect(isUploadHost(new URL(url), parseBaseUrl(base))).toBe(allowed)
  })
})
