import { join } from 'node:path'
import { type GitConfig, readGitConfig } from './config-file.js'

/** The environment variables that locate the user's own git configuration, or take its place. */
export type UserEnvironment = Record<string, string | undefined>

/** Picks these variables: plain data, which can be sent to a thread. */
export const userEnvironment = ({
  GIT_CONFIG_GLOBAL,
  GIT_CONFIG_SYSTEM,
  GIT_CONFIG_NOSYSTEM,
  GIT_ATTR_NOSYSTEM,
  GIT_LFS_SKIP_SMUDGE,
  HOME,
  XDG_CONFIG_HOME,
}: UserEnvironment): UserEnvironment => ({
  GIT_CONFIG_GLOBAL,
  GIT_CONFIG_SYSTEM,
  GIT_CONFIG_NOSYSTEM,
  GIT_ATTR_NOSYSTEM,
  GIT_LFS_SKIP_SMUDGE,
  HOME,
  XDG_CONFIG_HOME,
})

/** The settings of a repository that concern its files. */
export interface WorktreeSettings {
  /** Whether the file system keeps the executable bit. */
  fileMode: boolean
  /** Whether symlinks are links; otherwise they are plain files with the target as content. */
  symlinks: boolean
  /** Whether names that differ only in case are one file. */
  ignoreCase: boolean
  /** Whether a changed ctime marks a file as possibly changed. */
  trustCtime: boolean
  /**
   * Whether only size and mtime in whole seconds count, for repositories shared with other
   * programs.
   */
  minimalStat: boolean
  /** The user's own ignore rules. */
  excludesFile: string | null
  /** Whether git writes CRLF for LF (`true`), and stores LF for CRLF (`true` and `input`). */
  autocrlf: 'true' | 'input' | 'false'
  /** Whether git writes CRLF into files that attributes call text. */
  writesCrlf: boolean
  /** The attributes of the user, then of the system, as far as such a file is named. */
  attributesFiles: string[]
  /** Where Git LFS keeps its content; null: in its usual place. */
  lfsStorage: string | null
}

/** @see https://git-scm.com/docs/git-config (core.*) */
export function readWorktreeSettings(gitDir: string, env: UserEnvironment = {}): WorktreeSettings {
  const config = readUserConfig(gitDir, env)
  const isInput = config.get('core.autocrlf')?.toLowerCase() === 'input'
  const autocrlf = isInput ? 'input' : config.boolean('core.autocrlf', false) ? 'true' : 'false'
  return {
    fileMode: config.boolean('core.filemode', true),
    symlinks: config.boolean('core.symlinks', true),
    ignoreCase: config.boolean('core.ignorecase', false),
    trustCtime: config.boolean('core.trustctime', true),
    minimalStat: config.get('core.checkstat')?.toLowerCase() === 'minimal',
    excludesFile: userFile(config.get('core.excludesfile'), 'ignore', env),
    autocrlf,
    writesCrlf:
      autocrlf === 'true' || (!isInput && config.get('core.eol')?.toLowerCase() === 'crlf'),
    attributesFiles: [
      userFile(config.get('core.attributesfile'), 'attributes', env),
      env.GIT_ATTR_NOSYSTEM ? null : '/etc/gitattributes',
    ].filter((file) => file !== null),
    lfsStorage: config.get('lfs.storage') || null,
  }
}

/** The configuration of a repository on top of the user's own and the system's. */
export const readUserConfig = (gitDir: string, env: UserEnvironment): GitConfig =>
  readGitConfig(gitDir, userFiles(env), env.HOME)

function userFiles(env: UserEnvironment): string[] {
  const { GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM, GIT_CONFIG_NOSYSTEM, HOME } = env
  const system = GIT_CONFIG_NOSYSTEM ? [] : [GIT_CONFIG_SYSTEM || '/etc/gitconfig']
  if (GIT_CONFIG_GLOBAL) return [...system, GIT_CONFIG_GLOBAL]
  const xdg = xdgFolder(env)
  const own = [...(xdg ? [join(xdg, 'config')] : []), ...(HOME ? [join(HOME, '.gitconfig')] : [])]
  return [...system, ...own]
}

/** @param name of the default below the user's folder */
function userFile(
  configured: string | undefined,
  name: 'ignore' | 'attributes',
  env: UserEnvironment,
): string | null {
  if (configured?.startsWith('~/')) return env.HOME ? join(env.HOME, configured.slice(2)) : null
  if (configured !== undefined) return configured || null
  const xdg = xdgFolder(env)
  return xdg && join(xdg, name)
}

const xdgFolder = ({ XDG_CONFIG_HOME, HOME }: UserEnvironment) =>
  XDG_CONFIG_HOME ? join(XDG_CONFIG_HOME, 'git') : HOME ? join(HOME, '.config', 'git') : null
