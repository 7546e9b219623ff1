import { join } from 'node:path'
import { readGitConfig } from './config-file.js'

/** The environment variables by which git finds the user's own configuration. */
export type UserEnvironment = Record<string, string | undefined>

/** Those variables alone: plain data, which can go to another thread. */
export const userEnvironment = ({
  GIT_CONFIG_GLOBAL,
  HOME,
  XDG_CONFIG_HOME,
}: UserEnvironment): UserEnvironment => ({ GIT_CONFIG_GLOBAL, HOME, XDG_CONFIG_HOME })

/** What a repository's configuration says of its files. */
export interface WorktreeSettings {
  /** Whether the exec bit of a file is what it says. */
  fileMode: boolean
  /** Whether symlinks are links; else they are plain files that hold the target. */
  symlinks: boolean
  /** Whether names that differ in case alone are one file. */
  ignoreCase: boolean
  /** Whether a changed ctime makes a file suspect. */
  trustCtime: boolean
  /** Whether only size and mtime in whole seconds count, for repositories that other programs share. */
  minimalStat: boolean
  /** The user's own ignore rules. */
  excludesFile: string | null
}

/** @see https://git-scm.com/docs/git-config (core.*) */
export function readWorktreeSettings(gitDir: string, env: UserEnvironment = {}): WorktreeSettings {
  const config = readGitConfig(gitDir, userFiles(env))
  return {
    fileMode: config.boolean('core.filemode', true),
    symlinks: config.boolean('core.symlinks', true),
    ignoreCase: config.boolean('core.ignorecase', false),
    trustCtime: config.boolean('core.trustctime', true),
    minimalStat: config.get('core.checkstat')?.toLowerCase() === 'minimal',
    excludesFile: excludesFile(config.get('core.excludesfile'), env),
  }
}

function userFiles(env: UserEnvironment): string[] {
  const { GIT_CONFIG_GLOBAL, HOME } = env
  if (GIT_CONFIG_GLOBAL) return [GIT_CONFIG_GLOBAL]
  const xdg = xdgFolder(env)
  return [...(xdg ? [join(xdg, 'config')] : []), ...(HOME ? [join(HOME, '.gitconfig')] : [])]
}

function excludesFile(configured: string | undefined, env: UserEnvironment): string | null {
  if (configured?.startsWith('~/')) return env.HOME ? join(env.HOME, configured.slice(2)) : null
  if (configured !== undefined) return configured || null
  const xdg = xdgFolder(env)
  return xdg && join(xdg, 'ignore')
}

const xdgFolder = ({ XDG_CONFIG_HOME, HOME }: UserEnvironment) =>
  XDG_CONFIG_HOME ? join(XDG_CONFIG_HOME, 'git') : HOME ? join(HOME, '.config', 'git') : null
