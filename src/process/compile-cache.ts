import { existsSync, lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'

/** Node has them from 22.1 on, its types for Node 20 do not. */
const { enableCompileCache, getCompileCacheDir } = nodeModule as {
  enableCompileCache?: (folder: string) => unknown
  getCompileCacheDir?: () => string | undefined
}

/**
 * Lets node keep the code that V8 compiles: https://nodejs.org/api/module.html#module-compile-cache. V8 runs what
 * it finds there, so the folder is one that nobody else can write to; without such a folder nothing is kept.
 * Whoever sets NODE_COMPILE_CACHE or NODE_DISABLE_COMPILE_CACHE has decided already.
 */
export function keepCompiledCode({ env, getuid }: Pick<NodeJS.Process, 'env' | 'getuid'>): void {
  const isDecided =
    getCompileCacheDir?.() !== undefined || env.NODE_DISABLE_COMPILE_CACHE !== undefined
  if (enableCompileCache === undefined || getuid === undefined || isDecided) return
  const folder = privateFolder({ cacheHome: env.XDG_CACHE_HOME, home: homedir, uid: getuid() })
  if (folder !== null) enableCompileCache(folder)
}

interface User {
  /** XDG_CACHE_HOME: https://specifications.freedesktop.org/basedir-spec/; `~/.cache` unless it is an absolute path. */
  cacheHome: string | undefined
  home: () => string
  uid: number
}

/**
 * The user's own folder `wizard` for what can be made again, created where it is missing.
 *
 * @returns its real path; null: it can't be made, or another user could write to it
 */
export function privateFolder({ cacheHome = '', home, uid }: User): string | null {
  try {
    const parent = isAbsolute(cacheHome) ? cacheHome : join(home(), '.cache')
    const folder = join(parent, 'wizard')
    // Not recursively: a home that does not exist is not made.
    for (const path of [parent, folder]) {
      if (!existsSync(path)) mkdirSync(path, { mode: 0o700 })
    }
    if (lstatSync(folder).uid !== uid) return null
    const real = realpathSync.native(folder)
    return isPrivate(real, uid) ? real : null
  } catch {
    // A read-only home, or a user who has none: nothing depends on the cache.
    return null
  }
}

/** Whether only this user and root can write to the folder, or put another one in its place. */
function isPrivate(folder: string, uid: number): boolean {
  if (statSync(folder).uid !== uid) return false
  for (let path = folder; ; path = dirname(path)) {
    const { uid: owner, mode } = statSync(path)
    const isTrusted = owner === uid || owner === 0
    const isShared = (mode & 0o022) !== 0
    // As /tmp: others can add to it, but not replace what is not theirs.
    const isSticky = path !== folder && (mode & 0o1000) !== 0
    if (!isTrusted || (isShared && !isSticky)) return false
    if (path === dirname(path)) return true
  }
}
