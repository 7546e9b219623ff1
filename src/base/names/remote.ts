/** A repository on a host, however its address is written. */
export interface Address {
  /** In lower case, with the port where it is named: `github.com`. */
  host: string
  owner: string
  repo: string
}

const scp = /^(?:[^@/\s]+@)?(?<host>[\w.-]+):(?!\/\/)(?<path>[^\s]+)$/

/**
 * Reads `https://HOST/owner/repo.git`, `ssh://git@HOST/owner/repo` and `git@HOST:owner/repo`, with or without
 * credentials. The last two parts of the path are owner and repository. null for anything else, a path among it.
 */
export function parseAddress(text: string): Address | null {
  const match = scp.exec(text)
  if (match?.groups) return fromPath(match.groups.host ?? '', match.groups.path ?? '')
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  if (!['https:', 'http:', 'ssh:', 'git:'].includes(url.protocol)) return null
  return fromPath(url.host, url.pathname)
}

function fromPath(host: string, path: string): Address | null {
  const parts = path
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '')
    .split('/')
    .filter(Boolean)
  const [owner, repo] = parts.slice(-2)
  if (!owner || !repo) return null
  return { host: host.toLowerCase(), owner, repo }
}

/** `ssh.github.com` is how SSH reaches GitHub through port 443. */
const hostname = (host: string) => host.replace(/:\d+$/, '').replace(/^ssh\.(?=github\.com$)/, '')

/**
 * Whether a clone's origin is that repository on that server: an ssh or token-bearing origin is the same one.
 * Names on GitHub differ in more than case.
 */
export function isSameRepository(
  origin: string,
  gitUrl: string,
  owner: string,
  repo: string,
): boolean {
  const address = parseAddress(origin)
  if (!address) return false
  const server = new URL(gitUrl)
  const overHttp = /^https?:/i.test(origin)
  const sameHost = overHttp
    ? address.host === server.host
    : hostname(address.host) === server.hostname.toLowerCase()
  return (
    sameHost &&
    address.owner.toLowerCase() === owner.toLowerCase() &&
    address.repo.toLowerCase() === repo.toLowerCase()
  )
}
