import { lstat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { hasCode, readTextIfThere } from '../../base/fs/read.js'

/** Where git keeps what belongs to a work tree. */
export interface GitDirs {
  /** HEAD, the index and what is in progress. */
  gitDir: string
  /** Objects, refs, the configuration: of a linked work tree those of the repository that it is linked to. */
  commonDir: string
}

/**
 * What the `.git` of a folder leads to: itself, or where its one line points in a linked work tree (`git worktree`)
 * and in a submodule; null where there is none.
 *
 * @see https://git-scm.com/docs/gitrepository-layout
 */
export async function gitDirsOf(dir: string): Promise<GitDirs | null> {
  const dotGit = join(dir, '.git')
  const kind = await kindOf(dotGit)
  if (kind === 'folder') return withHead({ gitDir: dotGit, commonDir: dotGit })
  if (kind !== 'file') return null
  const path = /^gitdir: (.+)$/s.exec(readTextIfThere(dotGit) ?? '')?.[1]?.trimEnd()
  if (path === undefined) return null
  const gitDir = resolve(dir, path)
  const common = readTextIfThere(join(gitDir, 'commondir'))?.trimEnd()
  return withHead({ gitDir, commonDir: common === undefined ? gitDir : resolve(gitDir, common) })
}

/** A `.git` without a HEAD is no repository. */
const withHead = async (dirs: GitDirs): Promise<GitDirs | null> =>
  (await kindOf(join(dirs.gitDir, 'HEAD'))) === null ? null : dirs

async function kindOf(path: string): Promise<'folder' | 'file' | null> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'file'
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null
    throw error
  }
}
