export type Origin = 'api' | 'git' | 'upload' | 'storage'

/**
 * The four origins of one GitHub, without a trailing slash; `api` includes an enterprise server's
 * prefix.
 */
export type Addresses = Record<Origin, string>

/** Names of requests that are not sent to a loopback port: by msw, and through a proxy. */
export const wellKnown: Addresses[] = [
  {
    api: 'https://api.github.com',
    git: 'https://github.com',
    upload: 'https://uploads.github.com',
    storage: 'https://objects.githubusercontent.com',
  },
  {
    api: 'http://api.github.localhost',
    git: 'http://github.localhost',
    upload: 'http://uploads.github.localhost',
    // Not below github.localhost, because gh would send its token there.
    storage: 'http://objects.githubusercontent.localhost',
  },
]

/** Whether only this machine can reach a server that listens on this host. */
export const isLoopback = (host: string) => /^(?:127\.[\d.]+|::1|localhost)$/.test(host)

/** The same ports under another host name. */
export function under(hostname: string, { api, git, upload, storage }: Addresses): Addresses {
  const renamed = (address: string) => address.replace(/(?<=^http:\/\/)(?:\[.*\]|[^:]*)/, hostname)
  return {
    api: renamed(api),
    git: renamed(git),
    upload: renamed(upload),
    storage: renamed(storage),
  }
}

export interface Place {
  origin: Origin
  /** The family of addresses that the answer uses. */
  addresses: Addresses
  /** The path without an enterprise server's prefix. */
  path: string
}

const gitPath = /^\/[^/]+\/[^/]+\/(info\/refs|git-upload-pack|git-receive-pack|info\/lfs\/.+)$/
const origins: Origin[] = ['api', 'git', 'upload', 'storage']

/**
 * Finds the origin that a request is for. The API's own origin also answers git, as on an
 * enterprise server.
 *
 * @returns undefined for a host that does not belong to this GitHub
 */
export function locate(url: URL, families: Addresses[]): Place | undefined {
  for (const addresses of families) {
    const origin = origins.find((name) => new URL(addresses[name]).host === hostOf(url))
    if (!origin) continue
    if (origin !== 'api') return { origin, addresses, path: url.pathname }
    if (gitPath.test(url.pathname)) return { origin: 'git', addresses, path: url.pathname }
    return { origin, addresses, path: withoutPrefix(url.pathname, addresses.api) }
  }
  return undefined
}

/** `localhost:PORT` is the same server under another name, for tests of credentials. */
const hostOf = ({ hostname, port, host }: URL) =>
  hostname === 'localhost' ? `127.0.0.1:${port}` : host

/**
 * A path without the prefix is not a path of the API. GraphQL is the exception: it is beside REST,
 * not below it.
 */
function withoutPrefix(path: string, api: string): string {
  const prefix = new URL(api).pathname.replace(/\/$/, '')
  if (prefix === '') return path
  if (path === '/api/graphql') return '/graphql'
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : '/not-found'
}
