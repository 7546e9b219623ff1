import { Pacer } from '../../base/async/pacer.js'
import { type BytePath, joinBytes, showPath } from '../plumbing/byte-path.js'
import {
  readUserConfig,
  readWorktreeSettings,
  type UserEnvironment,
} from '../plumbing/config/worktree-settings.js'
import { createIgnorer } from '../plumbing/ignore/ignorer.js'
import type { CacheTree } from '../plumbing/index/cache-tree.js'
import type { IndexEntry } from '../plumbing/index/entry.js'
import { type IndexFile, readIndex } from '../plumbing/index/index-file.js'
import type { Oid } from '../plumbing/objects/object.js'
import { fileMode, type GitTreeEntry, readCommit, readTree } from '../plumbing/objects/parse.js'
import { type ObjectStore, openObjectStore } from '../plumbing/objects/store.js'
import { type TreeChange, treeDiff } from '../plumbing/objects/tree-diff.js'
import { readHead, resolveRef } from '../plumbing/refs/read.js'
import type { GitDirs } from '../repository/open.js'
import { ignoredInSubmodules } from '../submodules/ignored.js'
import { forCheckin, lookupIn } from './conversions.js'
import { Folder } from './folder.js'
import {
  folderRanges,
  type IndexRange,
  type ScanOptions,
  type SubmoduleScan,
  type WorktreeChange,
  walkWorktree,
} from './walk.js'

export interface WorktreeStatusRequest {
  dir: string
  gitDir: string
  /** For a linked work tree: the `.git` that it is linked to. Default: `gitDir`. */
  commonDir?: string | undefined
  store: ObjectStore
  /** Locates the user's own git configuration, for `core.excludesFile`; default: none. */
  env?: UserEnvironment | undefined
  signal?: AbortSignal | undefined
}

/** A path that differs from HEAD. One path may be both `staged` and `unstaged`. */
export interface Change {
  kind: WorktreeChange['kind'] | 'staged'
  path: BytePath
}

export interface WorktreeStatus {
  /** Index against HEAD. */
  staged: string[]
  /** Files against the index. */
  unstaged: string[]
  /** Neither tracked nor ignored; an untracked folder is one path that ends in `/`. */
  untracked: string[]
}

/**
 * The result of `git status --porcelain`; does not touch the index. Paths are in order, formatted
 * by `showPath`.
 *
 * @throws BlockedError (`unsupported`) for an index that wizard does not read
 */
export async function status(request: WorktreeStatusRequest): Promise<WorktreeStatus> {
  const { staged, unstaged, untracked } = await changedPaths(request)
  const shown = (found: Set<BytePath>) => [...found].sort().map(showPath)
  return { staged: shown(staged), unstaged: shown(unstaged), untracked: shown(untracked) }
}

/** How many paths `status` has of each kind. @throws as `status` */
export async function countChanges(
  request: WorktreeStatusRequest,
): Promise<Record<keyof WorktreeStatus, number>> {
  const { staged, unstaged, untracked } = await changedPaths(request)
  return { staged: staged.size, unstaged: unstaged.size, untracked: untracked.size }
}

/** Each path once: a conflict has several entries of one. */
async function changedPaths(
  request: WorktreeStatusRequest,
): Promise<Record<keyof WorktreeStatus, Set<BytePath>>> {
  const paths = {
    staged: new Set<BytePath>(),
    unstaged: new Set<BytePath>(),
    untracked: new Set<BytePath>(),
  }
  for await (const { kind, path } of changes(request)) {
    if (kind !== 'ignored') paths[kind].add(path)
  }
  return paths
}

/** Whether `git status --porcelain` would print nothing. Stops at the first difference. */
export async function isClean(
  request: WorktreeStatusRequest,
  { withUntracked }: SubmoduleScan = { withUntracked: true },
): Promise<boolean> {
  for await (const { kind } of changes(request)) {
    if (withUntracked || kind !== 'untracked') return false
  }
  return true
}

/**
 * Yields every difference from HEAD as it is found: first what is staged, then folder by folder.
 */
export async function* changes(
  request: WorktreeStatusRequest,
  { withIgnored = false, withHidden = false }: Partial<ScanOptions> = {},
): AsyncGenerator<Change> {
  const { dir, gitDir, commonDir = gitDir, store, signal } = request
  // As in git, whoever only reads does not verify the checksum; a move does.
  const index = readIndex(gitDir, { withChecksum: false })
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
  const isSubmoduleClean = (path: BytePath, subGitDir: string, scan: SubmoduleScan) => {
    const place = { dir: folder.at(path).toString(), gitDir: subGitDir, commonDir: subGitDir }
    return isRepositoryClean({ ...request, ...place }, scan)
  }
  const ignoredIn = ignoredInSubmodules(dir, () => readUserConfig(commonDir, request.env ?? {}))
  const options = { withIgnored, withHidden, isSubmoduleClean, ignoredIn }
  const conversions = [
    forCheckin({ gitDir: commonDir, folder, settings, store }, lookupIn(index.entries)),
  ]
  const comparison = { folder, settings, store, conversions, indexStat: index.stat, pacer }
  const walk = { ...comparison, ...options }
  yield* walkWorktree(
    walk,
    wholeIndex(index),
    createIgnorer({ folder, gitDir: commonDir, settings }),
  )
}

async function isRepositoryClean(
  request: Omit<WorktreeStatusRequest, 'store'>,
  scan: SubmoduleScan,
): Promise<boolean> {
  const store = await openObjectStore(request.gitDir)
  try {
    return await isClean({ ...request, store }, scan)
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

/** null before the first commit. */
export async function headCommit({ gitDir, commonDir }: GitDirs): Promise<Oid | null> {
  const at = await readHead(gitDir)
  return 'oid' in at ? at.oid : resolveRef(commonDir, `refs/heads/${at.branch}`)
}

async function headTree(dirs: GitDirs, store: ObjectStore): Promise<Oid | null> {
  const head = await headCommit(dirs)
  return head === null ? null : (await readCommit(store, head)).tree
}

/**
 * The paths in which the index differs from a tree, in order. Skips folders whose tree the index
 * knows to be equal.
 *
 * @param tree null before the first commit
 */
async function* stagedPaths(
  store: ObjectStore,
  index: IndexFile,
  tree: Oid | null,
): AsyncGenerator<BytePath> {
  yield* compareFolder(store, wholeIndex(index), tree, index.cacheTree)
}

async function* compareFolder(
  store: ObjectStore,
  range: IndexRange,
  tree: Oid | null,
  cache: CacheTree | null | undefined,
): AsyncGenerator<BytePath> {
  if (tree !== null && cache && cache.count === range.end - range.start && cache.oid === tree)
    return
  const { folder } = range
  const rest = new Map<BytePath, GitTreeEntry>()
  if (tree !== null) for (const entry of await readTree(store, tree)) rest.set(entry.name, entry)
  for (const part of folderRanges(range)) {
    const there = rest.get(part.name)
    const isFolder = there?.mode === fileMode.folder
    if ('entries' in part) {
      if (isFolder) rest.delete(part.name)
      const below = isFolder ? there.oid : null
      yield* compareFolder(store, part, below, cache?.folders.get(part.name))
    } else {
      if (!isFolder) rest.delete(part.name)
      if (isStaged(part.entry, isFolder ? undefined : there)) yield part.entry.path
    }
  }
  for (const missing of rest.values()) {
    yield* leavesOf(store, missing, joinBytes(folder, missing.name))
  }
}

/** A file that is only intended to be added is not in the index yet. */
function isStaged(entry: IndexEntry, there: GitTreeEntry | undefined): boolean {
  if (entry.intentToAdd) return there !== undefined
  return entry.stage !== 0 || entry.oid !== there?.oid || entry.mode !== modeOf(there)
}

const modeOf = ({ mode }: GitTreeEntry) =>
  (mode & 0o170000) === 0o100000 ? (mode & 0o100 ? fileMode.executable : fileMode.regular) : mode

async function* leavesOf(
  store: ObjectStore,
  entry: GitTreeEntry,
  path: BytePath,
): AsyncGenerator<BytePath> {
  if (entry.mode !== fileMode.folder) yield path
  else for (const change of await treeDiff(store, entry.oid, null)) yield joined(path, change)
}

const joined = (folder: BytePath, { path }: TreeChange) => joinBytes(folder, path)
