import { existsSync, lstatSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { hasCode, readTextIfThere } from '../../base/fs/read.js'
import { BlockedError } from '../errors.js'
import { resolveAlias } from '../plumbing/config/aliases.js'
import { type GitConfig, readGitConfig } from '../plumbing/config/config-file.js'
import { readUserConfig, type UserEnvironment } from '../plumbing/config/worktree-settings.js'
import type { Oid } from '../plumbing/objects/object.js'
import { readHead, resolveRef } from '../plumbing/refs/read.js'
import { readShallow } from './shallow.js'
import { unsupportedIndex, unsupportedSetting } from './unsupported.js'

/**
 * Inspects a path by a few small files in it; changes nothing.
 *
 * @param env locates the user's own git configuration, for `url.*.insteadOf`; default: none
 * @throws the file system's errors
 */
export async function readLocal(dir: string, env: UserEnvironment = {}): Promise<LocalState> {
  const gitDir = join(dir, '.git')
  return (await otherThanClone(dir)) ?? readRepository({ gitDir, commonDir: gitDir }, env)
}

/**
 * The branch alone, for which little is read: the rest of a repository may be damaged.
 *
 * @returns null if it is not a repository; an empty name for a detached HEAD, or an unreadable one
 */
export async function readBranch(dir: string): Promise<string | null> {
  if ((await otherThanClone(dir)) !== null) return null
  const head = await readHead(join(dir, '.git')).catch(() => ({ branch: '' }))
  return 'branch' in head ? head.branch : ''
}

/** What is at a path that is not a clone; null if it is one. */
async function otherThanClone(dir: string): Promise<LocalState | null> {
  const kind = kindOf(dir)
  if (kind !== 'folder') return kind === 'absent' ? { kind } : { kind: 'occupied', what: kind }
  const gitDir = join(dir, '.git')
  const dotGit = kindOf(gitDir)
  if (dotGit === 'absent') {
    const names = await readdir(dir)
    return names.length === 0
      ? { kind: 'empty' }
      : { kind: 'occupied', what: 'a folder that is not a git repository' }
  }
  if (dotGit === 'a symbolic link') {
    return { kind: 'occupied', what: 'a work tree whose .git is a symbolic link' }
  }
  if (dotGit !== 'folder') return { kind: 'occupied', what: 'a linked work tree or a submodule' }
  if (kindOf(join(gitDir, 'HEAD')) === 'absent') {
    return { kind: 'occupied', what: 'a folder whose .git is not a repository' }
  }
  return null
}

/**
 * Inspects a work tree, including linked ones and submodules; null if the folder is not a work
 * tree.
 */
export async function readWorkTree(
  dir: string,
  env: UserEnvironment = {},
): Promise<(LocalRepository & GitDirs) | null> {
  const dirs = gitDirsOf(dir)
  return dirs && { ...(await readRepository(dirs, env)), ...dirs }
}

async function readRepository(
  { gitDir, commonDir }: GitDirs,
  env: UserEnvironment,
): Promise<LocalRepository> {
  // Since git 2.36 a sparse checkout is configured in its own file beside.
  const config = readGitConfig(commonDir, [join(gitDir, 'config.worktree')])
  const known = {
    kind: 'repository',
    origin: originOf(readUserConfig(commonDir, env)),
    shallow: (await readShallow(commonDir)).size > 0,
  } as const
  const setting = unsupportedSetting(config)
  try {
    const place = await readPlace({ gitDir, commonDir })
    return { ...known, ...place, unsupported: setting ?? unsupportedIndex(gitDir) }
  } catch (error) {
    // A setting may change how refs are kept (reftable, SHA-256): then they can't be read.
    const unsupported = setting ?? (error instanceof BlockedError ? error.message : null)
    if (unsupported === null) throw error
    return { ...known, branch: null, head: null, unsupported }
  }
}

/** The address that `git fetch` would ask: the first one of `origin`; null without an origin. */
function originOf(config: GitConfig): string | null {
  const [url] = config.all('remote.origin.url')
  return url === undefined ? null : resolveAlias(config, url)
}

async function readPlace({
  gitDir,
  commonDir,
}: GitDirs): Promise<{ branch: string | null; head: Oid | null }> {
  const head = await readHead(gitDir)
  if ('oid' in head) return { branch: null, head: head.oid }
  return { branch: head.branch, head: await resolveRef(commonDir, `refs/heads/${head.branch}`) }
}

type Kind = 'absent' | 'folder' | 'a file' | 'a symbolic link' | 'not a regular file'

function kindOf(path: string): Kind {
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return 'absent'
    if (stat.isDirectory()) return 'folder'
    if (stat.isSymbolicLink()) return 'a symbolic link'
    return stat.isFile() ? 'a file' : 'not a regular file'
  } catch (error) {
    if (hasCode(error, 'ENOTDIR')) return 'absent'
    throw error
  }
}

/** What is at a destination, read without the network and without changing anything. */
export type LocalState =
  | { kind: 'absent' | 'empty' }
  | { kind: 'occupied'; what: string }
  | LocalRepository

export interface LocalRepository {
  kind: 'repository'
  /** The address of `remote.origin`, as `url.*.insteadOf` resolves it. */
  origin: string | null
  /** Short name of HEAD's branch; null if detached. */
  branch: string | null
  /** null before the first commit. */
  head: Oid | null
  shallow: boolean
  /**
   * Sparse checkout, split index, index v4, sha256 … in words; null if wizard supports the
   * repository.
   */
  unsupported: string | null
}

/** Where git keeps the data of a work tree. */
export interface GitDirs {
  /** HEAD, the index and operations in progress. */
  gitDir: string
  /** Objects, refs, the configuration. A linked work tree shares those of its main repository. */
  commonDir: string
}

/**
 * Where the `.git` of a folder leads: to itself, or to the target of its one line in a linked work
 * tree (`git worktree`) or submodule; null if that is not a repository.
 *
 * @see https://git-scm.com/docs/gitrepository-layout
 */
export function gitDirsOf(dir: string): GitDirs | null {
  const dotGit = join(dir, '.git')
  const gitDir = targetOf(dotGit) ?? dotGit
  const common = readTextIfThere(join(gitDir, 'commondir'))?.trimEnd()
  const commonDir = common === undefined ? gitDir : resolve(gitDir, common)
  const shared = ['objects', 'refs'].map((part) => join(commonDir, part))
  // HEAD may be a symlink to a branch without a commit.
  const isRepository =
    kindOf(join(gitDir, 'HEAD')) !== 'absent' && shared.every((path) => existsSync(path))
  return isRepository ? { gitDir, commonDir } : null
}

/** Of a `.git` that is a file; null if it is not. */
function targetOf(dotGit: string): string | null {
  const target = /^gitdir: (.+?)[\r\n]*$/s.exec(readTextIfThere(dotGit) ?? '')?.[1]
  return target === undefined ? null : resolve(dotGit, '..', target)
}

const marks: [string, string][] = [
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase, or git am'],
  ['MERGE_HEAD', 'a merge'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['sequencer', 'a cherry-pick or revert of several commits'],
]

/** The git operation in progress, in words; null if there is none. */
export function operationInProgress(gitDir: string): string | null {
  return marks.find(([mark]) => existsSync(join(gitDir, mark)))?.[1] ?? null
}

/** A bisection changes no branch, so a pull may go on; but it is work. */
export const isBisecting = (gitDir: string): boolean => existsSync(join(gitDir, 'BISECT_LOG'))
