import * as nodeModule from 'node:module'
import { homedir } from 'node:os'
import { privateFolder } from './private-folder.js'

/** Node 22.1 and later have these functions; the types are Node 20's. */
const { enableCompileCache, getCompileCacheDir } = nodeModule as {
  enableCompileCache?: (folder: string) => unknown
  getCompileCacheDir?: () => string | undefined
}

/**
 * Lets node keep the code that V8 compiles:
 * https://nodejs.org/api/module.html#module-compile-cache. V8 runs what it finds in the folder, so
 * only the user may write there; without such a folder nothing is cached. NODE_COMPILE_CACHE and
 * NODE_DISABLE_COMPILE_CACHE take precedence.
 */
export function keepCompiledCode({ env, getuid }: Pick<NodeJS.Process, 'env' | 'getuid'>): void {
  const isDecided =
    getCompileCacheDir?.() !== undefined || env.NODE_DISABLE_COMPILE_CACHE !== undefined
  if (enableCompileCache === undefined || getuid === undefined || isDecided) return
  const folder = privateFolder({ cacheHome: env.XDG_CACHE_HOME, home: homedir, uid: getuid() })
  if (folder !== null) enableCompileCache(folder)
}
