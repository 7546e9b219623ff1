import { existsSync, lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'

interface User {
  /**
   * XDG_CACHE_HOME, used if it is an absolute path; otherwise `~/.cache`:
   * https://specifications.freedesktop.org/basedir-spec/
   */
  cacheHome: string | undefined
  home: () => string
  uid: number
}

/**
 * The user's own cache folder `wizard`, created if missing.
 *
 * @returns its real path; null if it can't be made, or another user could write to it
 */
export function privateFolder({ cacheHome = '', home, uid }: User): string | null {
  try {
    const parent = isAbsolute(cacheHome) ? cacheHome : join(home(), '.cache')
    const folder = join(parent, 'wizard')
    // Not recursive, so that a missing home is not created.
    for (const path of [parent, folder]) {
      if (!existsSync(path)) mkdirSync(path, { mode: 0o700 })
    }
    if (lstatSync(folder).uid !== uid) return null
    const real = realpathSync.native(folder)
    return statSync(real).isDirectory() && isPrivate(real, uid) ? real : null
  } catch {
    // The home is read-only, or the user has none. Nothing depends on the cache.
    return null
  }
}

/** Whether only this user and root can write to the folder or replace it. */
function isPrivate(folder: string, uid: number): boolean {
  if (statSync(folder).uid !== uid) return false
  for (let path = folder; ; path = dirname(path)) {
    const { uid: owner, mode } = statSync(path)
    const isTrusted = owner === uid || owner === 0
    const isShared = (mode & 0o022) !== 0
    // In a sticky folder such as /tmp others can add files, but can't replace somebody else's.
    const isSticky = path !== folder && (mode & 0o1000) !== 0
    if (!isTrusted || (isShared && !isSticky)) return false
    if (path === dirname(path)) return true
  }
}
