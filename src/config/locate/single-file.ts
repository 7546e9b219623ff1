import { lstatSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { hasCode } from '../../base/fs/read.js'
import { readBytes, unreadable } from './read-text.js'
import { showFile } from './show-file.js'

/** One file with everything, in place of a folder of five. */
export interface SingleFile {
  /** Absolute. */
  path: string
  /** The default ROOT, with `.env`: the folder of the file, or the one above `.config/`. */
  dir: string
  /** Others beside it that could be the configuration, absolute; they are not read. */
  passedOver: string[]
}

/** In the order in which they count. */
export const singleFileNames = [
  'wizard.config.yaml',
  'wizard.config.yml',
  'wizard.config.json',
  '.wizardrc',
  '.wizardrc.yaml',
  '.wizardrc.json',
  '.config/wizardrc.yaml',
  'package.json',
] as const

/**
 * The file of a folder that counts, as cosmiconfig finds it; null if there is none. cosmiconfig is
 * asked about one folder, and only where it has something to find, because loading it takes
 * milliseconds. It passes over what it can't read, and waits for the writer of a named pipe, so the
 * file is read here first.
 *
 * @throws ConfigError if the file can't be read
 */
export async function findSingleFile(dir: string, cwd: string): Promise<SingleFile | null> {
  const [first, ...others] = singleFilesIn(dir)
  if (first === undefined) return null
  readBytes(first, showFile(first, cwd))
  // The factory would run a `.config/config.js` of the current folder: code of a repository that may
  // just have been cloned. An object with `$import` would make it read further files.
  const { ExplorerSync } = await import('cosmiconfig/dist/ExplorerSync.js')
  const isThere = () => ({ wizard: {} })
  const explorer = new ExplorerSync({
    moduleName: 'wizard',
    searchPlaces: [first, ...others].map((path) => relative(dir, path)),
    loaders: { noExt: isThere, '.yaml': isThere, '.yml': isThere, '.json': isThere },
    searchStrategy: 'none',
    ignoreEmptySearchPlaces: false,
    applyPackagePropertyPathToConfiguration: false,
    transform: (result) => result,
    cache: false,
    metaConfigFilePath: null,
  })
  const found = explorer.search(dir)
  return found && { path: found.filepath, dir, passedOver: others }
}

/** The file at a path that somebody named; null if it has another name. */
export function singleFileAt(path: string): SingleFile | null {
  const above = dirname(path)
  const dir = basename(above) === '.config' ? dirname(above) : above
  const isOne = [above, dir].some((top) => singleFileNames.some((name) => join(top, name) === path))
  if (!isOne) return null
  return { path, dir: basename(path) === 'wizardrc.yaml' ? dir : above, passedOver: [] }
}

/**
 * The files in a folder that could be its configuration, absolute, in the order of their names.
 *
 * @param isAlone whether the folder has no `config/` either
 */
export function singleFilesIn(dir: string, isAlone = true): string[] {
  const paths = singleFileNames.map((name) => join(dir, name)).filter(isThere)
  const own = paths.filter((path) => basename(path) !== packageJson)
  if (own.length === paths.length) return own
  return hasOurKey(join(dir, packageJson), isAlone && own.length === 0) ? paths : own
}

const packageJson = 'package.json'

/** One that can't be read, or is malformed, counts only where nothing else does. */
function hasOurKey(path: string, isOnly: boolean): boolean {
  try {
    const values: unknown = JSON.parse(
      readBytes(path, path)
        .toString()
        .replace(/^\ufeff/, ''),
    )
    return typeof values === 'object' && values !== null && Object.hasOwn(values, 'wizard')
  } catch {
    return isOnly
  }
}

/** A link to nothing is there too; reading it reports the error. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return false
    // Many people close their `.config` to others, who may work below their home all the same.
    if (hasCode(error, 'EACCES') && basename(dirname(path)) === '.config') return false
    throw unreadable(error, path)
  }
}
