import { Pacer } from '../../base/async/pacer.js'
import { type BytePath, showPath } from '../plumbing/byte-path.js'
import { readWorktreeSettings, type UserEnvironment } from '../plumbing/config/worktree-settings.js'
import { createIgnorer } from '../plumbing/ignore/ignorer.js'
import { type IndexFile, readIndex } from '../plumbing/index/index-file.js'
import type { Oid } from '../plumbing/objects/object.js'
import { readCommit } from '../plumbing/objects/parse.js'
import { type ObjectStore, openObjectStore } from '../plumbing/objects/store.js'
import { readHead, resolveRef } from '../plumbing/refs/read.js'
import type { GitDirs } from '../repository/open.js'
import { Folder } from './folder.js'
import { stagedPaths } from './staged.js'
import { type Looking, type WorktreeChange, walkWorktree } from './walk.js'

export interface WorktreeStatusRequest {
  dir: string
  gitDir: string
  /** Of a linked work tree: the `.git` that it is linked to. Default: `gitDir`. */
  commonDir?: string | undefined
  store: ObjectStore
  /** Where the user's own git configuration is found, for `core.excludesFile`; default: nowhere. */
  env?: UserEnvironment | undefined
  signal?: AbortSignal | undefined
}

/** A path that is not as HEAD has it; `staged` and `unstaged` may both be told of one. */
export interface Change {
  kind: WorktreeChange['kind'] | 'staged'
  path: BytePath
}

/**
 * What `git status --porcelain` tells, without touching the index. Paths are in order, and as `showPath` shows them.
 *
 * @throws BlockedError (`unsupported`) for an index that wizard does not read
 */
export async function status(request: WorktreeStatusRequest): Promise<WorktreeStatus> {
  const paths = { staged: new Set<BytePath>(), unstaged: new Set<BytePath>() }
  const untracked = new Set<BytePath>()
  for await (const { kind, path } of changes(request)) {
    if (kind === 'untracked') untracked.add(path)
    else if (kind !== 'ignored') paths[kind].add(path)
  }
  const shown = (found: Set<BytePath>) => [...found].sort().map(showPath)
  return {
    staged: shown(paths.staged),
    unstaged: shown(paths.unstaged),
    untracked: shown(untracked),
  }
}

/** Whether `git status --porcelain` would print nothing. Stops at the first thing it would. */
export async function isClean(request: WorktreeStatusRequest): Promise<boolean> {
  for await (const _ of changes(request)) return false
  return true
}

/** Everything that is not as HEAD has it, as it is found: what is staged, then folder by folder. */
export async function* changes(
  request: WorktreeStatusRequest,
  { withIgnored = false, withHidden = false }: Partial<Looking> = {},
): AsyncGenerator<Change> {
  const { dir, gitDir, commonDir = gitDir, store, signal } = request
  const index = readIndex(gitDir)
  const settings = readWorktreeSettings(commonDir, request.env)
  const folder = new Folder(dir)
  for await (const path of stagedPaths(
    store,
    index,
    await headTree({ gitDir, commonDir }, store),
  )) {
    yield { kind: 'staged', path }
  }
  const pacer = new Pacer(signal)
  const isSubmoduleClean = (path: BytePath, subGitDir: string) =>
    isRepositoryClean({
      ...request,
      dir: folder.at(path).toString(),
      gitDir: subGitDir,
      commonDir: subGitDir,
    })
  const looking = { withIgnored, withHidden, isSubmoduleClean }
  const walk = { folder, settings, indexStat: index.stat, pacer, ...looking }
  yield* walkWorktree(
    walk,
    wholeIndex(index),
    createIgnorer({ folder, gitDir: commonDir, settings }),
  )
}

async function isRepositoryClean(request: Omit<WorktreeStatusRequest, 'store'>): Promise<boolean> {
  const store = await openObjectStore(request.gitDir)
  try {
    return await isClean({ ...request, store })
  } finally {
    await store.close()
  }
}

const wholeIndex = ({ entries }: IndexFile) => ({
  entries,
  start: 0,
  end: entries.length,
  folder: '',
})

async function headTree({ gitDir, commonDir }: GitDirs, store: ObjectStore): Promise<Oid | null> {
  const at = await readHead(gitDir)
  const head = 'oid' in at ? at.oid : await resolveRef(commonDir, `refs/heads/${at.branch}`)
  return head === null ? null : (await readCommit(store, head)).tree
}

export interface WorktreeStatus {
  /** Index against HEAD. */
  staged: string[]
  /** Files against the index. */
  unstaged: string[]
  /** Neither tracked nor ignored; a folder of them is one path ending in `/`. */
  untracked: string[]
}
