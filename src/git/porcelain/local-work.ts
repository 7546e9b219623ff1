import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { namesIn, readTextIfThere } from '../../base/fs/read.js'
import { type BytePath, showPath } from '../plumbing/byte-path.js'
import { readIndex } from '../plumbing/index/index-file.js'
import { fileMode } from '../plumbing/objects/parse.js'
import { type ObjectStore, openObjectStore } from '../plumbing/objects/store.js'
import { gitDirsOf, isBisecting, operationInProgress } from '../repository/open.js'
import { Folder } from '../worktree/folder.js'
import { isUnfinished } from '../worktree/move/journal-file.js'
import { type Change, changes, type WorktreeStatusRequest } from '../worktree/status.js'
import { findUnpublished } from './history/unpublished.js'

/**
 * Describes everything that would be lost with a clone: changes, untracked and ignored files,
 * stashes, commits that no remote-tracking ref leads to, operations in progress, nested
 * repositories, hooks, linked work trees; and all that in submodules.
 *
 * @returns an empty list if nothing would be lost
 */
export async function localWork(request: WorktreeStatusRequest): Promise<string[]> {
  const { gitDir } = request
  const operation = operationInProgress(gitDir)
  return [
    ...(operation === null ? [] : [`${operation} in progress`]),
    ...(isBisecting(gitDir) ? ['a bisection in progress'] : []),
    ...(isUnfinished(gitDir) ? ['a pull that was interrupted'] : []),
    ...(await changesInWords(request)),
    ...listed('hook', await hooksOf(request)),
    ...listed('linked work tree', await namesIn(join(gitDir, 'worktrees'))),
    ...(await refsInWords(request)),
    ...(await workInSubmodules(request)),
  ]
}

const words = {
  staged: 'staged change',
  unstaged: 'changed file',
  untracked: 'untracked file or folder',
  ignored: 'ignored file or folder',
} satisfies Record<Change['kind'], string>

async function changesInWords(request: WorktreeStatusRequest): Promise<string[]> {
  const paths = new Map<Change['kind'], BytePath[]>()
  for await (const { kind, path } of changes(request, { withIgnored: true, withHidden: true })) {
    paths.set(kind, [...(paths.get(kind) ?? []), path])
  }
  const kinds = ['staged', 'unstaged', 'untracked', 'ignored'] as const
  return kinds.flatMap((kind) => listed(words[kind], (paths.get(kind) ?? []).map(showPath)))
}

/**
 * Of submodules with a work tree everything counts, of the others what only their git folder in
 * `.git/modules` has.
 */
async function workInSubmodules(request: WorktreeStatusRequest): Promise<string[]> {
  const found: string[] = []
  const seen = new Set<string>()
  for (const path of submodulesInUse(request)) {
    const dir = new Folder(request.dir).at(path).toString()
    const dirs = gitDirsOf(dir)
    if (dirs !== null) seen.add(dirs.gitDir)
    const work =
      dirs === null
        ? ['files in its folder']
        : await withStore(dirs.commonDir, (store) => localWork({ ...request, dir, ...dirs, store }))
    found.push(...work.map((one) => `submodule ${showPath(path)}: ${one}`))
  }
  for (const gitDir of await modulesIn(join(request.gitDir, 'modules'))) {
    if (seen.has(gitDir)) continue
    const work = await withStore(gitDir, (store) => refsInWords({ ...request, gitDir, store }))
    found.push(...work.map((one) => `${gitDir}: ${one}`))
  }
  return found
}

/** The paths of submodules whose folder has content. */
function submodulesInUse({ dir, gitDir }: WorktreeStatusRequest): BytePath[] {
  const folder = new Folder(dir)
  return readIndex(gitDir)
    .entries.filter(({ mode, path }) => {
      return mode === fileMode.gitlink && folder.lstat(path)?.isDirectory()
    })
    .map(({ path }) => path)
    .filter((path) => folder.list(path).length > 0)
}

/** The git folders of submodules, of which none lies in another one but as its own submodule. */
async function modulesIn(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const name of await namesIn(folder)) {
    const path = join(folder, name)
    if (existsSync(join(path, 'HEAD'))) found.push(path)
    else found.push(...(await modulesIn(path)))
  }
  return found
}

async function withStore<T>(gitDir: string, work: (store: ObjectStore) => Promise<T>): Promise<T> {
  const store = await openObjectStore(gitDir)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** The names of git's own examples end in `.sample`. */
const hooksOf = async ({ gitDir }: WorktreeStatusRequest): Promise<string[]> =>
  (await namesIn(join(gitDir, 'hooks'))).filter(
    (name) => !name.endsWith('.sample') && !isOfGitLfs(join(gitDir, 'hooks', name)),
  )

/** git-lfs writes its hooks into each repository in which it runs. */
const isOfGitLfs = (path: string): boolean =>
  /^#!\/bin\/sh\ncommand -v git-lfs [^\n]*\ngit lfs [\w-]+ "\$@"\n?$/.test(
    readTextIfThere(path) ?? '',
  )

async function refsInWords(request: WorktreeStatusRequest): Promise<string[]> {
  const { refs, left } = await findUnpublished(request)
  const hasStash = existsSync(join(request.gitDir, 'logs/refs/stash')) || refs.includes(stash)
  const own = refs.filter((name) => name !== stash)
  return [
    ...(hasStash ? ['a stash'] : []),
    ...own.map((name) =>
      name === 'HEAD'
        ? 'commits of a detached HEAD that are on no remote branch'
        : `commits of ${name} that are on no remote branch`,
    ),
    ...listed(
      'commit',
      left.map((oid) => oid.slice(0, 7)),
      ' that only the reflog of HEAD still knows',
    ),
  ]
}

const stash = 'refs/stash'
const mostListed = 5

/** @param suffix follows the plural */
function listed(what: string, names: string[], suffix = ''): string[] {
  if (names.length === 0) return []
  const shown = names.slice(0, mostListed).join(', ')
  const more = names.length > mostListed ? ` and ${names.length - mostListed} more` : ''
  return [`${names.length} ${what}${names.length === 1 ? '' : 's'}${suffix}: ${shown}${more}`]
}
