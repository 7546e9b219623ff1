import { ConfigError } from '../base/errors.js'
import {
  defaultBaseUrl,
  isLoopback,
  isPrivate,
  webHostOf,
  withoutSlash,
} from '../base/names/host.js'

/**
 * Parses the address of the API or, named by `key`, of another server that receives the credential;
 * without a trailing slash.
 *
 * @throws ConfigError for an invalid address, and for plain http to any other machine
 */
export function parseBaseUrl(address: string, key = 'base_url'): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError(`github.${key} is not a web address`, { hint: examples[key] })
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigError(`github.${key} contains a user or a password`, {
      hint: 'put the token into GITHUB_TOKEN, or github.token',
    })
  }
  if (!isPrivate(url)) {
    throw new ConfigError(`github.${key} uses plain http to ${url.host}`, {
      hint: 'anybody on the way could read the token: use https',
    })
  }
  return new URL(withoutSlash(`${url.origin}${url.pathname}`))
}

const examples: Record<string, string> = {
  base_url: `expected ${defaultBaseUrl}, or https://HOST/api/v3 for GitHub Enterprise Server`,
  git_url: 'expected https://github.com, or omit it',
}

/** The address of an endpoint; `path` begins with a slash and may have a query. */
export function endpoint(baseUrl: URL, path: string): URL {
  return new URL(`${withoutSlash(baseUrl.href)}${path}`)
}

/** GitHub Enterprise Server has GraphQL beside its REST API, at `/api/graphql`. */
export function graphqlUrl(baseUrl: URL): URL {
  const path = baseUrl.pathname.replace(/\/v3$/, '').replace(/\/+$/, '')
  return new URL(`${baseUrl.origin}${path}/graphql`)
}

/**
 * Whether this API's credential may go to an address that the API gave for uploads: the same host,
 * `uploads.` instead of `api.`, or any port of this machine if the API is on it.
 */
export function isUploadHost(url: URL, baseUrl: URL): boolean {
  if (url.origin === baseUrl.origin) return true
  if (isLoopback(baseUrl.hostname)) return isLoopback(url.hostname)
  return url.protocol === 'https:' && url.host === `uploads.${webHostOf(baseUrl)}`
}
