/*
 * Hosts are written as the WHATWG URL parser writes them: lower case, IDN as punycode, IPv4 as four
 * decimal numbers, IPv6 in brackets. So they compare as text.
 */

/** Decides whether a credential may travel unencrypted, or bypass a proxy. */
const byte = '(?:\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])'
const loopback = new RegExp(`^(?:localhost|\\[::1\\]|::1|127(?:\\.${byte}){3})$`)

/**
 * Whether a hostname certainly means this machine: `localhost`, 127.0.0.0/8 and ::1, with or
 * without brackets.
 *
 * Names below localhost, and `localhost.` with a trailing dot, do not count. RFC 6761, section 6.3,
 * asks resolvers to answer them with loopback but lets them ask a name server, which may name any
 * machine. IPv4 addresses written as IPv6 (`::ffff:127.0.0.1`) do not count either.
 */
export const isLoopback = (hostname: string): boolean => loopback.test(hostname)

/**
 * Whether nobody on the network can read what is sent to this URL: https, or http that stays on
 * this machine.
 */
export const isPrivate = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))

/** github.com and its API. */
export const isGitHub = (hostname: string): boolean =>
  hostname === 'github.com' || hostname === 'api.github.com'

/** The API of github.com. */
export const defaultBaseUrl = 'https://api.github.com'

export function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

/** An address without trailing slashes, which is how wizard keeps all addresses. */
export const withoutSlash = (address: string): string => address.replace(/\/+$/, '')

/**
 * The API of a host, as `GH_HOST` names one: github.com, an enterprise with data residency, or
 * GitHub Enterprise Server.
 * https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency
 */
export function apiOfHost(host: string): string {
  if (isGitHub(host.toLowerCase())) return defaultBaseUrl
  return /\.ghe\.com$/i.test(host) ? `https://api.${host}` : `https://${host}/api/v3`
}

/**
 * Where the git server and web pages of an API are, without a trailing slash: `https://github.com`
 * for `https://api.github.com`, `https://SUBDOMAIN.ghe.com` for `https://api.SUBDOMAIN.ghe.com`,
 * the part before `/api/v3` for GitHub Enterprise Server, and otherwise the API's own origin.
 */
export function gitUrlOf(baseUrl: string | URL): string {
  const { protocol, host, pathname, origin } = new URL(baseUrl)
  if (isGitHub(host)) return 'https://github.com'
  if (/^api\..+\.ghe\.com$/.test(host)) return `${protocol}//${host.slice('api.'.length)}`
  const mounted = /^(.*)\/api\/v3\/?$/.exec(pathname)?.[1]
  return mounted === undefined ? origin : `${origin}${mounted}`
}

/**
 * The host as people and `gh` know it, with its port: `github.com` for `https://api.github.com`.
 */
export const webHostOf = (baseUrl: string | URL): string => new URL(gitUrlOf(baseUrl)).host
