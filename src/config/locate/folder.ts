import { realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { Environment } from '../../base/environment.js'
import { ConfigError } from '../../base/errors.js'
import { hasCode } from '../../base/fs/read.js'
import type { Lookup } from '../yaml/interpolate.js'
import { readBytes, unreadable } from './read-text.js'
import { showFile } from './show-file.js'
import {
  findSingleFile,
  type SingleFile,
  singleFileAt,
  singleFileNames,
  singleFilesIn,
} from './single-file.js'

/** A folder with at least one of the files, or a single file; they are read on demand. */
export interface ConfigFolder {
  /** Absolute. Of a single file, the folder that is its ROOT by default, with `.env`. */
  dir: string
  /** `found`: by searching, so it may be anybody's. `user`: $XDG_CONFIG_HOME/wizard. */
  origin: 'named' | 'found' | 'user'
  /** Empty if there is a single file. */
  files: Partial<Record<ConfigFileName, string>>
  /** The file in place of the folder, absolute; null if there is none. */
  single: string | null
  /** Files that could be the configuration too, and are not read, absolute. */
  passedOver: string[]
}

/** What `--config` would name. */
export const placeOf = ({ dir, single }: Pick<ConfigFolder, 'dir' | 'single'>): string =>
  single ?? dir

/** The folder that a path "relative to this file" begins in. */
export const besideFiles = ({ dir, single }: Pick<ConfigFolder, 'dir' | 'single'>): string =>
  single === null ? dir : dirname(single)

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
 * The first place with a configuration: the one of --config or WIZARD_CONFIG, otherwise `config/`,
 * `wizard/config/` and a single file here and in each parent folder, otherwise the user's own folder.
 *
 * @throws ConfigError if the named place has none, or a single file can't be read
 */
export async function findFolder(request: ConfigRequest): Promise<ConfigFolder | null> {
  const named = namedPlace(request)
  if (named !== null) return withOrigin(await configAt(named, request.cwd), 'named', request)
  for (const top of upwards(request.cwd)) {
    const found = folderBelow(top) ?? (await singleIn(top, request.cwd))
    if (found) return withOrigin(found, 'found', request)
  }
  return userFolder(request)
}

type Found = Omit<ConfigFolder, 'origin'>

/** The user's own folder is trusted, however it was found. */
function withOrigin(
  found: Found,
  origin: 'named' | 'found',
  request: Pick<ConfigRequest, 'env' | 'home'>,
): ConfigFolder {
  const isOwn = isSame(found.dir, userFolders(request).config)
  return { ...found, origin: isOwn ? 'user' : origin }
}

function folderBelow(top: string): Found | null {
  for (const dir of foldersBelow(top)) {
    const files = filesIn(dir)
    if (files) return { dir, files, single: null, passedOver: singleFilesIn(top, false) }
  }
  return null
}

async function singleIn(top: string, cwd: string): Promise<Found | null> {
  const found = await findSingleFile(top, cwd)
  return found && fromSingle(found)
}

const fromSingle = ({ path, dir, passedOver }: SingleFile): Found => ({
  dir,
  files: {},
  single: path,
  passedOver,
})

/** What --config or WIZARD_CONFIG names: a folder of files, a single file, or a folder with one. */
async function configAt(named: NamedPlace, cwd: string): Promise<Found> {
  const { dir: path } = named
  const files = filesIn(path)
  if (files) return { dir: path, files, single: null, passedOver: singleFilesIn(path, false) }
  const file = isFolder(path) ? null : exists(path) ? singleFileAt(path) : null
  const found = file ? fromSingle(file) : await singleIn(path, cwd)
  if (found === null) throw emptyFolder(named, cwd)
  return found
}

export function userFolder(request: Pick<ConfigRequest, 'env' | 'home'>): ConfigFolder | null {
  const dir = userFolders(request).config
  const files = filesIn(dir)
  return files && { dir, origin: 'user', files, single: null, passedOver: [] }
}

/** The folders to search, in order, and the reason for each. The first one with a file is used. */
export function searched(request: ConfigRequest): { dir: string; by: string }[] {
  const named = namedPlace(request)
  if (named !== null) return [named]
  const dirs = [...upwards(request.cwd)].flatMap((top) => [...foldersBelow(top), top])
  const own = { dir: userFolders(request).config, by: 'your own' }
  return [...dirs.map((dir) => ({ dir, by: 'from this folder upwards' })), own]
}

interface NamedPlace {
  /** A folder or a file, absolute. */
  dir: string
  by: string
}

function namedPlace({ cwd, env, flags }: ConfigRequest): NamedPlace | null {
  if (flags?.config) return { dir: resolve(cwd, flags.config), by: '--config' }
  if (env.WIZARD_CONFIG) return { dir: resolve(cwd, env.WIZARD_CONFIG), by: 'WIZARD_CONFIG' }
  return null
}

function* upwards(cwd: string): Generator<string> {
  for (let dir = cwd; ; dir = dirname(dir)) {
    yield dir
    if (dir === dirname(dir)) return
  }
}

const foldersBelow = (top: string) => [join(top, 'config'), join(top, 'wizard', 'config')]

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

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

function emptyFolder({ dir, by }: NamedPlace, cwd: string): ConfigError {
  const what = exists(dir) ? 'contains no configuration' : 'does not exist'
  const names = configFileNames.map((name) => `${name}.yaml`).join(', ')
  return new ConfigError(`${by}: ${showFile(dir, cwd)} ${what}`, {
    hint: `expected a folder that contains one of ${names}, or a file called ${singleFileNames.join(', ')}`,
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

/** Of a file of the folder, or of the single file. */
export type SchemaName = ConfigFileName | 'wizard.config'

export const schemaNames: readonly SchemaName[] = [...configFileNames, 'wizard.config']
