import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { namesIn } from '../../base/fs/read.js'
import { type BytePath, showPath } from '../plumbing/byte-path.js'
import { readIndex } from '../plumbing/index/index-file.js'
import { fileMode } from '../plumbing/objects/parse.js'
import { isBisecting, operationInProgress } from '../repository/open.js'
import { Folder } from '../worktree/folder.js'
import { isUnfinished } from '../worktree/move/journal-file.js'
import { type Change, changes, type WorktreeStatusRequest } from '../worktree/status.js'
import { unpublishedRefs } from './history/unpublished.js'

/**
 * Describes everything that would be lost with a clone: changes, untracked and ignored files,
 * stashes, commits that no remote-tracking ref leads to, operations in progress, submodules and
 * nested repositories, hooks, linked work trees.
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
    ...listed('submodule', await submodulesInUse(request)),
    ...listed('hook', await hooksOf(request)),
    ...listed('linked work tree', await namesIn(join(gitDir, 'worktrees'))),
    ...(await refsInWords(request)),
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

/** Submodules whose folder has content, or whose repository is in `.git/modules`. */
async function submodulesInUse({ dir, gitDir }: WorktreeStatusRequest): Promise<string[]> {
  const folder = new Folder(dir)
  const paths = readIndex(gitDir)
    .entries.filter(({ mode, path }) => {
      return mode === fileMode.gitlink && folder.lstat(path)?.isDirectory()
    })
    .filter(({ path }) => folder.list(path).length > 0)
    .map(({ path }) => showPath(path))
  return [...new Set([...paths, ...(await namesIn(join(gitDir, 'modules')))])]
}

/** The names of git's own examples end in `.sample`. */
const hooksOf = async ({ gitDir }: WorktreeStatusRequest): Promise<string[]> =>
  (await namesIn(join(gitDir, 'hooks'))).filter((name) => !name.endsWith('.sample'))

async function refsInWords(request: WorktreeStatusRequest): Promise<string[]> {
  const refs = await unpublishedRefs(request)
  const hasStash = existsSync(join(request.gitDir, 'logs/refs/stash')) || refs.includes(stash)
  const own = refs.filter((name) => name !== stash)
  return [
    ...(hasStash ? ['a stash'] : []),
    ...own.map((name) =>
      name === 'HEAD'
        ? 'commits of a detached HEAD that are on no remote branch'
        : `commits of ${name} that are on no remote branch`,
    ),
  ]
}

const stash = 'refs/stash'
const mostListed = 5

function listed(what: string, names: string[]): string[] {
  if (names.length === 0) return []
  const shown = names.slice(0, mostListed).join(', ')
  const more = names.length > mostListed ? ` and ${names.length - mostListed} more` : ''
  return [`${names.length} ${what}${names.length === 1 ? '' : 's'}: ${shown}${more}`]
}
