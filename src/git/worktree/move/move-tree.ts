import { join } from 'node:path'
import { ConflictError } from '../../../base/errors.js'
import { describeFullDisk } from '../../../base/fs/system-error.js'
import { BlockedError } from '../../errors.js'
import { type BytePath, showPath } from '../../plumbing/byte-path.js'
import { lockFile } from '../../plumbing/lock-file.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { operationInProgress } from '../../repository/open.js'
import { changes } from '../status.js'
import { applySteps } from './apply.js'
import { hasJournal, type MoveJournal, removeJournal, writeJournal } from './journal-file.js'
import { moveIndex } from './new-index.js'
import { inspectPaths, type PathPlace, type PathState } from './path-state.js'
import { undo } from './recover.js'
import {
  changesOf,
  conversionsAt,
  isHeadAt,
  keepOldTip,
  type MoveRequest,
  moveHead,
  openPlace,
} from './repository.js'
import { type MoveStep, obstaclesOf, removeEmptied, stepsOf } from './steps.js'

export interface MoveToRequest extends MoveRequest {
  from: Oid
  /** The full name of a new ref that keeps the old tip: `refs/wizard/backup/…`. */
  backup: string
}

/**
 * Moves a clean branch to a commit that may not descend from it, and keeps its old tip under a
 * backup ref. Untracked files stay, unless they are in conflict.
 *
 * @throws BlockedError (`dirty`) if a tracked file has any change, or an untracked one is in
 *   conflict
 * @throws ConflictError if another process is at work there, or the backup ref is taken
 */
export async function moveTo(request: MoveToRequest): Promise<{ changed: number }> {
  await assertClean(request)
  return moveTree(request)
}

async function assertClean(request: MoveRequest): Promise<void> {
  for await (const { kind, path } of changes(request)) {
    if (kind === 'staged' || kind === 'unstaged') throw hasChanges(request, path)
  }
}

const hasChanges = ({ dir }: MoveRequest, path: BytePath) =>
  new BlockedError('dirty', `${dir} has local changes`, {
    paths: [showPath(path)],
    hint: 'commit or stash them first',
  })

/**
 * Moves a branch, its index and its work tree to a descendant of its commit; the caller has checked
 * that it is one. Touches only the paths that changed upstream; other local changes stay, staged or
 * not.
 *
 * @param request `branch` null: a detached HEAD moves; `from` null: an unborn branch
 * @returns how many paths differ between the two commits
 * @throws BlockedError (`dirty`) with `paths`, before a byte is changed, if one of them has a local
 *   change or an untracked or ignored file in conflict, or if an operation or a conflict is open
 * @throws ConflictError if another git or wizard is at work there; PathError for an unsafe tree
 *   entry
 */
export const fastForward = (request: MoveRequest): Promise<{ changed: number }> => moveTree(request)

/**
 * Moves work tree, index and branch from one commit to another, and touches only the paths that
 * differ. After any failure or kill the repository is at one of the two ends, or `recover` brings
 * it there.
 *
 * @throws BlockedError (`dirty`), with nothing changed, if a path that differs has local work
 * @throws ConflictError if another process is at work in the repository
 */
export async function moveTree(request: MoveRequest): Promise<{ changed: number }> {
  const { gitDir, liveness } = request
  const lock = await lockFile(join(gitDir, 'index'), liveness)
  try {
    await assertReady(request)
    const changes = await changesOf(request, request)
    const place = openPlace(request)
    const states = await inspectPaths(place, changes)
    const steps = assertNoLocalWork(place, states)
    await keepOldTip(request)
    try {
      await writeJournal(gitDir, journalOf(request))
      await applyMove(request, place, states, steps)
    } catch (error) {
      await undo(request, changes, error)
      throw describeFullDisk(error, request.dir)
    }
    removeJournal(gitDir)
    return { changed: changes.length }
  } finally {
    await lock.release()
  }
}

/**
 * What `moveTree` checks before it changes a byte; changes nothing.
 *
 * @throws BlockedError, ConflictError as `moveTree`
 */
export async function assertMovable(request: MoveRequest): Promise<void> {
  await assertReady(request)
  const place = openPlace(request)
  assertNoLocalWork(place, await inspectPaths(place, await changesOf(request, request)))
}

const journalOf = ({ branch, from, to, message }: MoveRequest): MoveJournal => ({
  version: 1,
  branch,
  from,
  to,
  message,
})

async function applyMove(
  request: MoveRequest,
  place: PathPlace,
  states: PathState[],
  steps: MoveStep[],
): Promise<void> {
  const { onProgress } = request
  const total = steps.filter(({ want }) => want !== null).length
  const onFile = (done: number) => onProgress?.({ phase: 'checkout', bytes: 0, done, total })
  const changes = states.map(({ change }) => change)
  const conversions = conversionsAt(place, changes, 'to')
  await applySteps({ place, conversions, steps, onFile })
  removeEmptied(place, states, 'forward')
  await moveIndex(place, states, steps, 'forward')
  await moveHead(request, request)
}

/** @throws BlockedError during a merge or similar; ConflictError if HEAD has moved */
export async function assertReady({ gitDir, branch, from }: MoveRequest): Promise<void> {
  if (hasJournal(gitDir)) {
    throw new ConflictError(
      `an earlier pull in ${gitDir} was interrupted and is not recovered yet`,
      {
        hint: 'run the command again',
      },
    )
  }
  const operation = operationInProgress(gitDir)
  if (operation !== null) {
    throw new BlockedError('dirty', `${operation} is in progress`, {
      hint: 'finish it first: `git status` says how',
    })
  }
  if (!(await isHeadAt(gitDir, branch, [from]))) {
    throw new ConflictError(`HEAD of ${gitDir} moved in the meantime`, {
      hint: 'run the command again',
    })
  }
}

const mostShown = 10

/**
 * @throws BlockedError (`dirty`) if local work is on, or in conflict with, a path that differs
 */
export function assertNoLocalWork(place: PathPlace, states: PathState[]): MoveStep[] {
  const conflicts = new Set(place.index.entries.filter(({ stage }) => stage > 0).map(pathOf))
  if (conflicts.size > 0) throw dirty([...conflicts], 'conflicts are not resolved')
  const changed = states.filter(({ index, file }) => index !== 'from' || file !== 'from')
  const steps = stepsOf(states, 'forward')
  const inTheWay = [
    ...changed.map(({ change }) => change.path),
    ...obstaclesOf(place, steps).values(),
  ]
  if (inTheWay.length > 0) throw dirty([...new Set(inTheWay)], 'local work is in the way')
  return steps
}

const pathOf = ({ path }: { path: string }) => path

function dirty(paths: string[], why: string): BlockedError {
  const shown = paths.sort().slice(0, mostShown).map(showPath)
  const more = paths.length > mostShown ? ` and ${paths.length - mostShown} more` : ''
  return new BlockedError('dirty', `${why}: ${shown.join(', ')}${more}`, {
    paths: shown,
    hint: 'commit or stash it, or move it away',
  })
}
