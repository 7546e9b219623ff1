import { join } from 'node:path'
import { BlockedError } from '../../errors.js'
import type { Git } from '../../git.js'
import { showPath } from '../../plumbing/byte-path.js'
import { readGitConfig } from '../../plumbing/config/config-file.js'
import type { Oid } from '../../plumbing/objects/object.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import { readHead, resolveRef } from '../../plumbing/refs/read.js'
import { unsupportedIndex, unsupportedSetting } from '../../repository/unsupported.js'
import type { SubmoduleEntry } from '../../submodules/gitmodules.js'
import { assertMovable } from '../../worktree/move/move-tree.js'
import type { MoveRequest } from '../../worktree/move/repository.js'
import { bringIncoming, openContent } from '../content.js'
import { isAncestor } from '../history/history.js'
import type { WantedSubmodule } from './init.js'
import { fetchModule, isPublished } from './module-fetch.js'

export interface SubmoduleMove {
  from: Oid
  to: Oid
  /** The branch that HEAD leaves; null: it is detached already. */
  branch: string | null
}

export interface PlannedSubmodule {
  submodule: WantedSubmodule
  /** As the earlier commit has it; null: it has not. */
  recorded: SubmoduleEntry | null
  /** Whether the user has staged another commit of it. */
  isStaged: boolean
}

export interface CheckedOutModule extends PlannedSubmodule {
  gitDir: string
  dir: string
  store: ObjectStore
  /** Whether its work tree has to be moved: then it follows, as one whose commit changed. */
  isElsewhere: boolean
}

export interface FollowOptions {
  /** Whether one that is behind the recorded commit follows, though that did not change. */
  isFill: boolean
  /** Whether files of Git LFS get their content; default: yes. */
  lfs?: boolean | undefined
}

/**
 * Whether a submodule follows the recorded commit. One that is at its commit, or at an ancestor,
 * does; and as with any local change, one that upstream did not change stays where the user has it.
 *
 * @returns null: it stays
 * @throws BlockedError if it should follow, and can't
 */
export async function decideMove(
  git: Git,
  request: FollowOptions,
  module: CheckedOutModule,
): Promise<{ move: SubmoduleMove | null; bytes: number } | null> {
  const { gitDir, submodule, recorded, isStaged, isElsewhere } = module
  const to = submodule.oid
  const from = await resolveRef(gitDir, 'HEAD')
  if (from === to) return { move: null, bytes: 0 }
  const head = await readHead(gitDir)
  const branch = 'branch' in head ? head.branch : null
  if (recorded?.oid !== to || isElsewhere) {
    if (from === null) throw ofItsOwn(module)
    return followTo(git, request, module, { from, to, branch })
  }
  if (!request.isFill || isStaged || branch !== null || from === null) return null
  try {
    return await followTo(git, request, module, { from, to, branch })
  } catch (error) {
    if (error instanceof BlockedError) return null
    throw error
  }
}

async function followTo(
  git: Git,
  { lfs }: FollowOptions,
  module: CheckedOutModule,
  move: SubmoduleMove,
): Promise<{ move: SubmoduleMove; bytes: number }> {
  const { gitDir, dir, store, submodule, recorded } = module
  const { from, to } = move
  assertSupported(gitDir)
  // Before a fetch, which may take the branch elsewhere that leads to it.
  const isPublic = await isPublished(gitDir, store, from)
  const bytes = await fetchModule(git, { ...submodule, gitDir, store })
  if (!(await isAncestor(store, from, to))) {
    if (recorded === null ? !isPublic : from !== recorded.oid) throw ofItsOwn(module)
    // As after a commit of the superproject that names it: a branch keeps it, but HEAD does not.
    if (move.branch === null && !isPublic) throw onlyHere(module)
  }
  const { env, liveness, signal, clock } = git
  const place = { dir, gitDir, store }
  const request: MoveRequest = { ...place, ...move, message: '', env, liveness, signal, clock }
  await assertMovable(request)
  const content = await openContent(git, place, to, { url: submodule.url, lfs })
  await bringIncoming(request, content)
  return { move, bytes: bytes + (content.lfs?.came.bytes ?? 0) }
}

const ofItsOwn = ({ dir, submodule }: CheckedOutModule) =>
  new BlockedError('dirty', 'it is not at its recorded commit', {
    paths: [showPath(submodule.path)],
    hint: `see \`git -C ${dir} log\`; git submodule update checks out the recorded one`,
  })

const onlyHere = ({ dir, submodule }: CheckedOutModule) =>
  new BlockedError('diverged', 'it has commits of its own on a detached HEAD', {
    paths: [showPath(submodule.path)],
    hint: `git -C ${dir} branch NAME keeps them`,
  })

/** Its work tree is elsewhere by nature. */
function assertSupported(gitDir: string): void {
  const config = readGitConfig(gitDir, [join(gitDir, 'config.worktree')])
  const why = unsupportedSetting(config, { isSubmodule: true }) ?? unsupportedIndex(gitDir)
  if (why !== null) {
    throw new BlockedError('unsupported', `it has ${why}`, { hint: 'update it with git itself' })
  }
}
