import { realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { Environment } from '../../base/environment.js'
import { ConfigError } from '../../base/errors.js'
import { hasCode } from '../../base/fs/read.js'
import { showFile } from '../yaml/document.js'
import type { Lookup } from '../yaml/interpolate.js'
import { readBytes, unreadable } from '../yaml/yaml-file.js'

/** A folder with at least one of the files; they are read on demand. */
export interface ConfigFolder {
  /** Absolute. */
  dir: string
  /** `found`: by searching, so it may be anybody's. `user`: $XDG_CONFIG_HOME/wizard. */
  origin: 'named' | 'found' | 'user'
  files: Partial<Record<ConfigFileName, string>>
}

/** The user's own folders: https://specifications.freedesktop.org/basedir-spec/latest/ */
export interface UserFolders {
  config: string
  data: string
  state: string
}

export function userFolders({ env, home }: Pick<ConfigRequest, 'env' | 'home'>): UserFolders {
  // The specification says to ignore relative paths.
  const base = (name: string, fallback: string) => {
    const named = env[name]
    return join(named && isAbsolute(named) ? named : join(home, fallback), 'wizard')
  }
  return {
    config: base('XDG_CONFIG_HOME', '.config'),
    data: base('XDG_DATA_HOME', '.local/share'),
    state: base('XDG_STATE_HOME', '.local/state'),
  }
}

/**
 * The first folder that contains any of the files: the one of --config or WIZARD_CONFIG, otherwise
 * `config/` and `wizard/config/` here and in each parent folder, otherwise the user's own. wizard
 * does not use cosmiconfig for this search, because that runs a `.config/config.js` of the current
 * folder: code of a repository that may just have been cloned.
 *
 * @throws ConfigError if the named folder contains none of them
 */
export function findFolder(request: ConfigRequest): ConfigFolder | null {
  const user = userFolders(request).config
  const named = namedFolder(request)
  if (named !== null) {
    const files = filesIn(named.dir)
    if (files === null) throw emptyFolder(named, request.cwd)
    return { dir: named.dir, origin: isSame(named.dir, user) ? 'user' : 'named', files }
  }
  for (const dir of candidates(request.cwd)) {
    const files = filesIn(dir)
    if (files) return { dir, origin: isSame(dir, user) ? 'user' : 'found', files }
  }
  return userFolder(request)
}

export function userFolder(request: Pick<ConfigRequest, 'env' | 'home'>): ConfigFolder | null {
  const dir = userFolders(request).config
  const files = filesIn(dir)
  return files && { dir, origin: 'user', files }
}

/** The folders to search, in order, and the reason for each. The first one with a file is used. */
export function searched(request: ConfigRequest): { dir: string; by: string }[] {
  const named = namedFolder(request)
  if (named !== null) return [named]
  const own = { dir: userFolders(request).config, by: 'your own' }
  return [...[...candidates(request.cwd)].map((dir) => ({ dir, by: 'from here upwards' })), own]
}

function namedFolder({ cwd, env, flags }: ConfigRequest): { dir: string; by: string } | null {
  if (flags?.config) return { dir: resolve(cwd, flags.config), by: '--config' }
  if (env.WIZARD_CONFIG) return { dir: resolve(cwd, env.WIZARD_CONFIG), by: 'WIZARD_CONFIG' }
  return null
}

function* candidates(cwd: string): Generator<string> {
  for (let dir = cwd; ; dir = dirname(dir)) {
    yield join(dir, 'config')
    yield join(dir, 'wizard', 'config')
    if (dir === dirname(dir)) return
  }
}

function filesIn(dir: string): ConfigFolder['files'] | null {
  const files: ConfigFolder['files'] = {}
  for (const name of configFileNames) {
    const path = join(dir, `${name}.yaml`)
    if (exists(path)) files[name] = path
  }
  return Object.keys(files).length > 0 ? files : null
}

/** A folder with a file's name counts too; reading it reports the error. */
function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return false
    throw unreadable(error, path)
  }
}

const isSame = (one: string, other: string): boolean =>
  one === other || realOf(one) === realOf(other)

function realOf(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    return path
  }
}

function emptyFolder({ dir, by }: { dir: string; by: string }, cwd: string): ConfigError {
  const there = exists(dir)
  const shown = showFile(dir, cwd)
  const what = there ? 'holds no configuration' : 'is not there'
  return new ConfigError(`${by}: ${shown} ${what}`, {
    hint: `expected one of ${configFileNames.map((name) => `${name}.yaml`).join(', ')} in it`,
  })
}

/**
 * The variables for `${…}`: the environment's, then those of `.env` beside the files. An empty one
 * is unset.
 *
 * @throws ConfigError if `.env` exists and can't be read
 */
export async function readVariables(
  dir: string,
  env: Environment,
  cwd: string,
): Promise<Variables> {
  const file = join(dir, '.env')
  const own = await readEnvFile(file, showFile(file, cwd))
  return { file, own, lookup: (name) => variableOf(env, name) ?? variableOf(own, name) }
}

/** undefined for an empty variable, and for properties that every object has. */
export const variableOf = (env: Environment, name: string): string | undefined =>
  (Object.hasOwn(env, name) && env[name]) || undefined

export interface Variables {
  /** `.env`, whether it exists or not. */
  file: string
  own: Environment
  lookup: Lookup
}

async function readEnvFile(file: string, shown: string): Promise<Environment> {
  let bytes: Buffer
  try {
    bytes = readBytes(file, shown)
  } catch (error) {
    if (error instanceof ConfigError && hasCode(error.cause, 'ENOENT')) return {}
    throw error
  }
  // Loaded late: it imports node:crypto, which takes 8 ms, and few folders have a `.env`.
  const { parse } = await import('dotenv')
  return parse(bytes)
}

/** The names of the configuration files, without `.yaml`. */
export type ConfigFileName = 'github' | 'repos' | 'components' | 'webhooks' | 'plugins'

export const configFileNames: readonly ConfigFileName[] = [
  'github',
  'repos',
  'components',
  'webhooks',
  'plugins',
]

export interface ConfigRequest {
  /** Absolute; the search begins here, and messages show paths relative to it. */
  cwd: string
  env: Environment
  /** The user's home, the base of unset XDG folders. */
  home: string
  flags?: { config?: string | undefined; root?: string | undefined } | undefined
}
