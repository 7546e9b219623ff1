import { describe, expect, it } from 'vitest'
import { proxyChooser } from '../../src/base/proxy.js'

const choose = (env: Record<string, string>, url: string, proxy: string | null = null) =>
  proxyChooser({ proxy, env })(new URL(url))?.href

describe('proxyChooser', () => {
  const http = 'http://a.example:1/'
  const https = 'http://b.example:2/'
  const all = 'http://c.example:3/'

  it.each([
    ['http through HTTP_PROXY', { HTTP_PROXY: http, HTTPS_PROXY: https }, 'http://x.test', http],
    [
      'https through HTTPS_PROXY',
      { HTTP_PROXY: http, HTTPS_PROXY: https },
      'https://x.test',
      https,
    ],
    ['https not through HTTP_PROXY', { HTTP_PROXY: http }, 'https://x.test', undefined],
    ['the rest through ALL_PROXY', { HTTP_PROXY: http, ALL_PROXY: all }, 'https://x.test', all],
    ['lower case first', { https_proxy: https, HTTPS_PROXY: http }, 'https://x.test', https],
    ['empty as unset', { https_proxy: '', HTTPS_PROXY: http }, 'https://x.test', http],
    [
      'a host and port alone',
      { HTTPS_PROXY: 'p.example:8080' },
      'https://x.test',
      'http://p.example:8080/',
    ],
    [
      'socks with names looked up there',
      { ALL_PROXY: 'socks5h://p.example:1080' },
      'https://x.test',
      'socks5://p.example:1080',
    ],
    ['nothing', {}, 'https://x.test', undefined],
  ])('takes %s', (_what, env, url, expected) => {
    expect(choose(env, url)).toBe(expected)
  })

  it.each([
    ['*', 'https://any.test', true],
    ['x.test', 'https://x.test', true],
    ['x.test', 'https://api.x.test', true],
    ['.x.test', 'https://api.x.test', true],
    ['*.x.test', 'https://api.x.test', true],
    ['x.test', 'https://notx.test', false],
    ['X.Test', 'https://x.test', true],
    ['a.test, x.test:8443', 'https://x.test:8443', true],
    ['x.test:8443', 'https://x.test', false],
    ['x.test:443', 'https://x.test', true],
    ['127.0.0.1', 'http://127.0.0.1:5000', true],
    ['10.0.0.0/8', 'https://10.2.3.4', true],
    ['10.0.0.0/8', 'https://11.2.3.4', false],
    ['::1', 'http://[::1]:5000', true],
    ['[::1]:5000', 'http://[::1]:5000', true],
    ['fd00::/8', 'https://[fd12::1]', true],
    ['10.0.0.0/99', 'https://10.2.3.4', false],
    ['', 'https://x.test', false],
  ])('NO_PROXY=%s lets %s go directly: %s', (list, url, direct) => {
    expect(choose({ ALL_PROXY: all, NO_PROXY: list }, url)).toBe(direct ? undefined : all)
  })

  it('puts the configured one above the environment, and NO_PROXY above both', () => {
    expect(choose({ HTTPS_PROXY: https }, 'https://x.test', all)).toBe(all)
    expect(choose({ NO_PROXY: 'x.test' }, 'https://x.test', all)).toBeUndefined()
  })

  it.each(['http://', 'ftp://user:secret-word@p.example', 'http://user:secret-word@:80'])(
    'refuses %s, and repeats none of it',
    (address) => {
      expect(() => choose({}, 'https://x.test', address)).toThrow(/^the proxy/)
      expect(() => choose({}, 'https://x.test', address)).not.toThrow(/secret-word/)
    },
  )
})
