import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { hasCode } from '../../base/fs/read.js'
import { type BytePath, joinBytes } from '../plumbing/byte-path.js'
import type { Oid } from '../plumbing/objects/object.js'
import { resolveRef } from '../plumbing/refs/read.js'
import type { Folder } from './folder.js'

/** Whether a folder is the work tree of a repository of its own. */
export const isRepository = (folder: Folder, path: BytePath): boolean =>
  gitDirOf(folder, path) !== null

/** A submodule that is in use: its `.git`, and the commit that it stands on. */
export interface Submodule {
  gitDir: string
  head: Oid
}

/** null where it is not initialised, or stands on no commit. */
export async function readSubmodule(folder: Folder, path: BytePath): Promise<Submodule | null> {
  const gitDir = gitDirOf(folder, path)
  const head = gitDir === null ? null : await resolveRef(gitDir, 'HEAD')
  return gitDir === null || head === null ? null : { gitDir, head }
}

/** @see https://git-scm.com/docs/gitrepository-layout */
function gitDirOf(folder: Folder, path: BytePath): string | null {
  const at = folder.at(joinBytes(path, '.git')).toString()
  const gitDir = readGitFile(at) ?? at
  const parts = ['HEAD', 'objects', 'refs']
  return parts.every((part) => existsSync(join(gitDir, part))) ? gitDir : null
}

/** Where a `.git` that is a file leads to, as a submodule's and a linked work tree's is. */
function readGitFile(path: string): string | null {
  try {
    const target = /^gitdir: (.+?)\n*$/.exec(readFileSync(path, 'utf8'))?.[1]
    return target === undefined ? null : resolve(path, '..', target)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return null
    throw error
  }
}
