import { BlockedError } from '../errors.js'
import { showPath } from '../plumbing/byte-path.js'
import type { Oid } from '../plumbing/objects/object.js'
import { moveTree } from '../worktree/move/move-tree.js'
import type { MoveRequest } from '../worktree/move/repository.js'
import { changes } from '../worktree/status.js'

export interface MoveToRequest extends MoveRequest {
  from: Oid
  /** The full name of a new ref that keeps the old tip: `refs/wizard/backup/…`. */
  backup: string
}

/**
 * Moves a clean branch to a commit that need not have its own as an ancestor, after its old tip has been kept under
 * a backup ref. Untracked files stay, unless they are in the way.
 *
 * @throws BlockedError (`dirty`) where a tracked file has any change, or an untracked one is in the way
 * @throws ConflictError where another process is at work there, or the backup ref is taken
 */
export async function moveTo(request: MoveToRequest): Promise<{ changed: number }> {
  await expectClean(request)
  return moveTree(request)
}

async function expectClean(request: MoveRequest): Promise<void> {
  for await (const { kind, path } of changes(request)) {
    if (kind === 'untracked') continue
    throw new BlockedError('dirty', `${request.dir} has local changes`, {
      paths: [showPath(path)],
      hint: 'commit or stash them first',
    })
  }
}

/**
 * Moves a branch, its index and its work tree to a commit that has its own as an ancestor, which the caller has
 * checked. Only the paths that changed upstream are touched; other local changes stay as they are, staged or not.
 *
 * @param request `branch` null: a detached HEAD moves; `from` null: a branch that is not born yet
 * @returns how many paths differ between the two commits
 * @throws BlockedError (`dirty`) with `paths`, before a byte is changed, where one of them has a local change or
 *   an untracked or ignored file in its way, or where an operation or a conflict is open
 * @throws ConflictError where another git or wizard is at work there; PathError for an unsafe tree entry
 */
export const fastForward = (request: MoveRequest): Promise<{ changed: number }> => moveTree(request)
