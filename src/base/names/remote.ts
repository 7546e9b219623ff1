import { isSameRepo, type Repo, withoutGit } from './repository.js'

/** A repository on a host, in any spelling of its address. */
export interface RemoteAddress extends Repo {
  /** In lower case, with the port if the address has one: `github.com`. */
  host: string
}

/** The git address of a repository. @param gitUrl of its server, without a trailing slash */
export const remoteUrl = (gitUrl: string, { owner, repo }: Repo): string =>
  `${gitUrl}/${owner}/${repo}.git`

const scp = /^(?:[^@/\s]+@)?(?<host>[\w.-]+):(?!\/\/)(?<path>[^\s]+)$/

/**
 * Reads `https://HOST/owner/repo.git`, `ssh://git@HOST/owner/repo` and `git@HOST:owner/repo`, with
 * or without credentials. The last two parts of the path are owner and repository. GitHub's rules
 * for names do not apply, because the host may be any. null for anything else, such as a path.
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

/** `ssh.github.com` is GitHub's SSH server on port 443. */
const hostname = (host: string) => host.replace(/:\d+$/, '').replace(/^ssh\.(?=github\.com$)/, '')

/**
 * Whether a clone's origin is this repository on this server; an ssh address or one with a token
 * counts.
 */
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

/** The host and path of an address of git's protocol; messages show nothing more of it. */
export function remotePlace(address: string): string {
  const { host, pathname } = new URL(address)
  return (
    host +
    pathname
      .replace(/\/(?:git-upload-pack|info\/refs|info\/lfs\/objects\/batch)$/, '')
      .replace(/\.git$/, '')
  )
}
