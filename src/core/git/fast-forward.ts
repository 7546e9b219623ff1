import { moveTree } from './move/move-tree.js'
import type { MoveRequest } from './move/repository.js'

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
