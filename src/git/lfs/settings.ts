import { GitHubError, withRemedy } from '../../base/errors.js'
import type { Hint } from '../../base/hint.js'
import { isPrivate } from '../../base/names/host.js'
import { remotePlace } from '../../base/names/remote.js'
import { withoutGit } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import type { BytePath } from '../plumbing/byte-path.js'
import { type GitConfig, parseConfig } from '../plumbing/config/config-file.js'
import { readUserConfig, type UserEnvironment } from '../plumbing/config/worktree-settings.js'
import { type IgnoreRule, parseRules, verdictOf } from '../plumbing/ignore/ignorer.js'

/** The way to do without content. */
export const withoutContent: Hint = [
  '`lfs: false` in repos.yaml, or a clone with ',
  { flag: 'no-lfs' },
  ', leaves pointers instead',
]

/** What git's configuration and a repository's `.lfsconfig` say of Git LFS. */
export interface LfsSettings {
  /** Whether content is fetched; otherwise pointers stay. */
  isOn: boolean
  /** The server's address, below which its API is; without credentials. */
  endpoint: URL
  /** Whether the repository's own `.lfsconfig` chose a server that is not the repository's. */
  isForeign: boolean
  /** Whether `.lfsconfig` chose the server at all. */
  isFromLfsconfig: boolean
  /** Whether the content of a path is wanted: `lfs.fetchinclude` and `lfs.fetchexclude`. */
  wants(path: BytePath): boolean
}

export interface LfsSettingsSource {
  gitDir: string
  env: UserEnvironment
  /** The repository's address, without credentials. */
  url: string
  /** The text of `.lfsconfig`; null: there is none. */
  shared: string | null
}

/**
 * As git-lfs reads them: git's own configuration goes before `.lfsconfig`, of which only harmless
 * keys count. An ssh address is one of the same path over https.
 *
 * @see https://github.com/git-lfs/git-lfs/blob/main/docs/man/git-lfs-config.adoc
 * @throws ConfigError if a file can't be read; GitHubError for an address that is not https
 */
export function readLfsSettings({ gitDir, env, url, shared }: LfsSettingsSource): LfsSettings {
  const own = readUserConfig(gitDir, env)
  const theirs = readShared(shared ?? '')
  const value = (key: string) => own.get(key) ?? theirs.get(key)
  const skips = ['filter.lfs.process', 'filter.lfs.smudge'].some((key) =>
    own.get(key)?.split(/\s+/).includes('--skip'),
  )
  const named = ['lfs.url', 'remote.origin.lfsurl'].find((key) => value(key) !== undefined)
  const usual = new URL(`${withoutGit(url.replace(/\/+$/, ''))}.git/info/lfs`)
  const endpoint = named === undefined ? usual : endpointOf(value(named) ?? '', usual)
  const isFromLfsconfig = named !== undefined && own.get(named) === undefined
  const included = patterns(value('lfs.fetchinclude'))
  const excluded = patterns(value('lfs.fetchexclude'))
  return {
    isOn: !skips && !isTrue(env.GIT_LFS_SKIP_SMUDGE),
    endpoint,
    isFromLfsconfig,
    isForeign: isFromLfsconfig && endpoint.origin !== usual.origin,
    wants: (path) =>
      (included.length === 0 || matchesAny(included, path)) && !matchesAny(excluded, path),
  }
}

function readShared(text: string): GitConfig {
  try {
    return parseConfig('.lfsconfig', text)
  } catch (error) {
    throw withRemedy(error, withoutContent)
  }
}

const isTrue = (value: string | undefined) =>
  value !== undefined && /^(?:1|t|true|y|yes|on)$/i.test(value)

const scpAddress = /^(?:[^@/\s]+@)?([\w.-]+):(?!\/\/)\/?(\S+)$/

/** @param usual the endpoint of the repository itself */
function endpointOf(address: string, usual: URL): URL {
  const [, host, path] = scpAddress.exec(address) ?? []
  const isOverSsh = host !== undefined || address.startsWith('ssh://')
  const text = host === undefined ? address.replace(/^ssh:/, 'https:') : `https://${host}/${path}`
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !isPrivate(url) || url.hostname === '') {
    const shown = JSON.stringify(oneLine(address.replace(/\/\/[^/]*@/, '//'), 100))
    throw new GitHubError(
      `${remotePlace(usual.href)} names ${shown} as its Git LFS server, which is not an https address`,
      { hint: 'see lfs.url in .lfsconfig and in `git config --list`' },
    )
  }
  url.username = ''
  url.password = ''
  url.hash = ''
  if (!isOverSsh) return url
  url.port = ''
  url.pathname = `${withoutGit(url.pathname.replace(/\/+$/, ''))}.git/info/lfs`
  return url
}

/** A list of patterns, as in a `.gitignore`. */
const patterns = (list: string | undefined): IgnoreRule[] =>
  parseRules(
    (list ?? '')
      .split(',')
      .map((one) => one.trim())
      .join('\n'),
    { ignoreCase: false },
  )

/** A pattern that matches a folder matches what is in it. */
function matchesAny(rules: IgnoreRule[], path: BytePath): boolean {
  const parts = path.split('/')
  return parts.some(
    (_, at) =>
      verdictOf({ folder: '', rules }, parts.slice(0, at + 1).join('/'), at < parts.length - 1) ===
      'ignored',
  )
}
