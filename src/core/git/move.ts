import { showPath } from './byte-path.js'
import { moveTree } from './move/move-tree.js'
import type { MoveRequest } from './move/repository.js'
import { changes } from './status.js'
import { BlockedError, type Oid } from './types.js'

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
