import { isIP } from 'node:net'
import type { Environment } from './environment.js'
import { ConfigError } from './errors.js'
import { isLoopback } from './names/host.js'
import { networkTest, parseNetwork } from './names/network.js'

export interface ProxySettings {
  /** github.yaml's `proxy`; null: use the environment. */
  proxy: string | null
  env: Environment
}

const protocols = new Set(['http:', 'https:', 'socks5:', 'socks:'])
const defaultPorts: Record<string, string> = { 'http:': '80', 'https:': '443' }

/**
 * Chooses the proxy of a URL: `HTTP_PROXY` for http, `HTTPS_PROXY` for https, otherwise
 * `ALL_PROXY`, unless `NO_PROXY` names the host. Lower-case names come first. As curl does (`man
 * curl`, ENVIRONMENT).
 *
 * @throws ConfigError for an invalid address
 */
export function proxyChooser({ proxy, env }: ProxySettings): (url: URL) => URL | undefined {
  const variable = (name: string) => env[name.toLowerCase()] || env[name] || undefined
  const exempt = exemptions(variable('NO_PROXY') ?? '')
  const everything = parse(proxy || variable('ALL_PROXY'))
  const http = proxy ? everything : (parse(variable('HTTP_PROXY')) ?? everything)
  const https = proxy ? everything : (parse(variable('HTTPS_PROXY')) ?? everything)
  return (url) => {
    const chosen = exempt(url) ? undefined : url.protocol === 'https:' ? https : http
    return chosen && isReadable(url) && !isLoopback(chosen.hostname) ? undefined : chosen
  }
}

/**
 * The variable that names the proxy of a URL; undefined if there is no proxy.
 *
 * @throws ConfigError for an invalid address
 */
export function proxyFromEnvironment(
  env: Environment,
  url: URL,
): { name: string; url: URL } | undefined {
  const proxy = proxyChooser({ proxy: null, env })(url)
  const own = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const names = [own, 'ALL_PROXY'].flatMap((name) => [name.toLowerCase(), name])
  const name = names.find((one) => env[one])
  return proxy && name ? { name, url: proxy } : undefined
}

/**
 * wizard uses plain http only with this machine, and a proxy must not carry that traffic elsewhere.
 */
const isReadable = (url: URL) => url.protocol === 'http:' && isLoopback(url.hostname)

function parse(address: string | undefined): URL | undefined {
  if (address === undefined) return undefined
  const full = (address.includes('://') ? address : `http://${address}`).replace(
    /^socks5h:/i,
    'socks5:',
  )
  // The address may contain a password, so the message does not repeat it.
  const hint = 'write it as http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT'
  if (!URL.canParse(full)) throw new ConfigError('the proxy is not a valid address', { hint })
  const url = new URL(full)
  if (!protocols.has(url.protocol)) {
    throw new ConfigError(`the proxy's protocol ${url.protocol}// is not supported`, { hint })
  }
  return url
}

/**
 * Entries are hosts (which include their subdomains) with an optional port, IP addresses, networks,
 * or `*`.
 */
function exemptions(list: string): (url: URL) => boolean {
  const entries = list.split(/[\s,]+/).filter((entry) => entry !== '')
  if (entries.includes('*')) return () => true
  const isInNetwork = networkTest(entries.map(parseNetwork).filter((network) => network !== null))
  const names = entries.filter((entry) => parseNetwork(entry) === null).map(hostAndPort)
  return (url) => {
    const host = bare(url.hostname)
    const port = url.port || defaultPorts[url.protocol]
    if (isInNetwork(host)) return true
    return names.some(
      (entry) =>
        (entry.port === undefined || entry.port === port) &&
        (host === entry.host || host.endsWith(`.${entry.host}`)),
    )
  }
}

function hostAndPort(entry: string): { host: string; port: string | undefined } {
  const [, host = entry, port] = isIP(entry) ? [] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? [])
  return { host: bare(host.toLowerCase().replace(/^\*?\./, '')), port }
}

const bare = (host: string) => host.replace(/^\[|\]$/g, '').toLowerCase()
