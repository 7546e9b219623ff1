import { isSameRepo, type Repo, withoutGit } from './repository.js'

/** A repository on a host, however its address is written. */
export interface RemoteAddress extends Repo {
  /** In lower case, with the port where it is named: `github.com`. */
  host: string
}

/** Where git finds a repository. @param gitUrl of its server, without a slash at the end */
export const remoteUrl = (gitUrl: string, { owner, repo }: Repo): string =>
  `${gitUrl}/${owner}/${repo}.git`

const scp = /^(?:[^@/\s]+@)?(?<host>[\w.-]+):(?!\/\/)(?<path>[^\s]+)$/

/**
 * Reads `https://HOST/owner/repo.git`, `ssh://git@HOST/owner/repo` and `git@HOST:owner/repo`, with or without
 * credentials. The last two parts of the path are owner and repository, which need not be names that GitHub allows: the
 * host may be any. null for anything else, a path among it.
 */
export function parseRemote(text: string): RemoteAddress | null {
  const match = scp.exec(text)
  if (match?.groups) return fromPath(match.groups.host ?? '', match.groups.path ?? '')
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  if (!['https:', 'http:', 'ssh:', 'git:'].includes(url.protocol)) return null
  return fromPath(url.host, url.pathname)
}

function fromPath(host: string, path: string): RemoteAddress | null {
  const parts = withoutGit(path.replace(/\/+$/, '')).split('/').filter(Boolean)
  const [owner, repo] = parts.slice(-2)
  if (!owner || !repo) return null
  return { host: host.toLowerCase(), owner, repo }
}

/** `ssh.github.com` is how SSH reaches GitHub through port 443. */
const hostname = (host: string) => host.replace(/:\d+$/, '').replace(/^ssh\.(?=github\.com$)/, '')

/** Whether a clone's origin is that repository on that server: an ssh or token-bearing origin is the same one. */
export function isRemoteOf(origin: string, gitUrl: string, repo: Repo): boolean {
  const address = parseRemote(origin)
  if (!address) return false
  const server = new URL(gitUrl)
  const isOverHttp = /^https?:/i.test(origin)
  const isSameHost = isOverHttp
    ? address.host === server.host
    : hostname(address.host) === server.hostname.toLowerCase()
  return isSameHost && isSameRepo(address, repo)
}
