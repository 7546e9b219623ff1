export type Origin = 'api' | 'git' | 'upload' | 'storage'

/** The four origins of one GitHub, without a slash at the end; `api` holds the prefix of an enterprise server. */
export type Addresses = Record<Origin, string>

/** The names under which requests come that were not sent to a loopback port: by msw, and through a proxy. */
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
    // Not below github.localhost: gh would send its token there.
    storage: 'http://objects.githubusercontent.localhost',
  },
]

/** Whether nothing but this machine reaches a server that listens there. */
export const isLoopback = (host: string) => /^(?:127\.[\d.]+|::1|localhost)$/.test(host)

/** The same ports by another name. */
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
  /** The family whose addresses the answer names. */
  addresses: Addresses
  /** The path without the prefix of an enterprise server. */
  path: string
}

const gitPath = /^\/[^/]+\/[^/]+\/(info\/refs|git-upload-pack|git-receive-pack)$/
const origins: Origin[] = ['api', 'git', 'upload', 'storage']

/**
 * Which of the origins a request is for. The API's own also answers git, as an enterprise server does.
 *
 * @returns undefined for a host that is none of this GitHub's.
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

/** `localhost:PORT` is the same server by another name, which a test of credentials may want. */
const hostOf = ({ hostname, port, host }: URL) =>
  hostname === 'localhost' ? `127.0.0.1:${port}` : host

/** What lacks the prefix is no path of the API; GraphQL alone is beside REST and not under it. */
function withoutPrefix(path: string, api: string): string {
  const prefix = new URL(api).pathname.replace(/\/$/, '')
  if (prefix === '') return path
  if (path === '/api/graphql') return '/graphql'
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : '/not-found'
}
