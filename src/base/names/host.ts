/*
 * Hosts, as the WHATWG URL parser writes them: lower case, IDN as punycode, an IPv4 address in any notation as four
 * decimal numbers, an IPv6 address in brackets. So they can be compared as text.
 */

/** Whether a URL's hostname is this machine; names below localhost, that a name server may answer, are not. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)

/** github.com and its API. */
export const isGitHub = (hostname: string): boolean =>
  hostname === 'github.com' || hostname === 'api.github.com'

export function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

/** An address without the slash at its end, as all of ours are kept. */
export const withoutSlash = (address: string): string => address.replace(/\/+$/, '')

/** The API of a host, as `GH_HOST` names one. https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency */
export function apiOfHost(host: string): string {
  if (isGitHub(host.toLowerCase())) return 'https://api.github.com'
  return /\.ghe\.com$/i.test(host) ? `https://api.${host}` : `https://${host}/api/v3`
}

/** Where git is served, for an API's address. */
export function gitUrlOf(baseUrl: string): string {
  const { protocol, host, pathname, origin } = new URL(baseUrl)
  if (isGitHub(host)) return 'https://github.com'
  if (/^api\..+\.ghe\.com$/.test(host)) return `${protocol}//${host.slice('api.'.length)}`
  const mounted = /^(.*)\/api\/v3\/?$/.exec(pathname)?.[1]
  return mounted === undefined ? origin : `${origin}${mounted}`
}
