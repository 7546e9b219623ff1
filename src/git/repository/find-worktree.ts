import { dirname } from 'node:path'
import { isRemoteOf, parseRemote } from '../../base/names/remote.js'
import type { Repo } from '../../base/names/repository.js'
import type { GitDirs } from './git-dirs.js'
import { type LocalRepository, readWorkTree } from './open.js'

/** A work tree, with the repository on the configured server that its origin is; null where it is none there. */
export interface WorkTree {
  /** Its top. */
  dir: string
  local: LocalRepository & GitDirs
  origin: Repo | null
}

/**
 * The work tree that a folder is in, a linked one (`git worktree`) too; null where it is in none.
 *
 * @param gitUrl the server that counts, whatever the origin's address is written as
 */
export async function workTreeAround(folder: string, gitUrl: string): Promise<WorkTree | null> {
  for (let dir = folder; ; dir = dirname(dir)) {
    const local = await readWorkTree(dir)
    if (local !== null) return { dir, local, origin: originOn(gitUrl, local) }
    if (dirname(dir) === dir) return null
  }
}

function originOn(gitUrl: string, { origin }: LocalRepository): WorkTree['origin'] {
  const address = origin === null ? null : parseRemote(origin)
  if (origin === null || address === null) return null
  const { owner, repo } = address
  return isRemoteOf(origin, gitUrl, address) ? { owner, repo } : null
}
