import { join } from 'node:path'
import { WizardError } from '../../../base/errors.js'
import { lockFile } from '../../plumbing/lock-file.js'
import type { TreeChange } from '../../plumbing/objects/tree-diff.js'
import { applySteps } from './apply.js'
import { isUnfinished, type MoveJournal, readJournal, removeJournal } from './journal-file.js'
import { moveIndex } from './new-index.js'
import { inspectPaths, type PathPlace, type PathState } from './path-state.js'
import {
  changesOf,
  conversionsAt,
  isHeadAt,
  type MoveRequest,
  type MovingRepository,
  moveHead,
  openHalfWay,
} from './repository.js'
import { type Direction, obstaclesOf, removeEmptied, stepsOf } from './steps.js'

/**
 * Finishes, or otherwise undoes, what a killed wizard left half-done. Touches a path only if it is
 * at one of the two ends; later changes stay. If killed itself, it can run again.
 *
 * @param request `liveness` distinguishes a dead wizard's lock from a living one's
 * @returns `none` if there was nothing to recover
 * @throws BlockedError if the journal can't be read; ConflictError if another process is at work
 *   there
 */
export async function recover(request: MovingRepository): Promise<'none' | 'finished' | 'undone'> {
  const { gitDir, liveness } = request
  if (!isUnfinished(gitDir)) return 'none'
  const lock = await lockFile(join(gitDir, 'index'), liveness)
  try {
    const journal = readJournal(gitDir)
    const outcome = journal === null ? 'none' : await resume(request, journal)
    removeJournal(gitDir)
    return outcome
  } finally {
    await lock.release()
  }
}

async function resume(
  request: MovingRepository,
  journal: MoveJournal,
): Promise<'finished' | 'undone'> {
  const { gitDir } = request
  const { branch, from, to } = journal
  // Somebody has moved HEAD since: they saw this state and continued from it.
  if (!(await isHeadAt(gitDir, branch, [from, to]))) return 'undone'
  // HEAD moves last.
  if (await isHeadAt(gitDir, branch, [to])) return 'finished'
  const changes = await changesOf(request, journal)
  const place = openHalfWay(request, changes)
  const states = await inspectPaths(place, changes)
  const direction = canFinish(place, states) ? 'forward' : 'backward'
  await settle(place, states, direction)
  if (direction === 'backward') return 'undone'
  await moveHead(request, journal)
  return 'finished'
}

/**
 * Whether nothing has changed since: every path is at one of the two ends, or its index entry is
 * already there.
 */
function canFinish(place: PathPlace, states: PathState[]): boolean {
  const atAnEnd = ({ index, file }: PathState) =>
    index === 'to' || (index === 'from' && file !== 'other')
  return states.every(atAnEnd) && obstaclesOf(place, stepsOf(states, 'forward')).size === 0
}

/**
 * Brings files and index to one end from any mixture of both. Content that is at neither end is
 * somebody's work: it stays, and so do conflicting files.
 */
export async function settle(
  place: PathPlace,
  states: PathState[],
  direction: Direction,
): Promise<void> {
  const steps = stepsOf(states, direction)
  const obstacles = obstaclesOf(place, steps)
  const free = steps.filter(({ path }) => !obstacles.has(path))
  const isThere = direction === 'forward' ? 'to' : 'from'
  if (free.length === 0 && states.every(({ index }) => index === isThere)) return
  const changes = states.map(({ change }) => change)
  const conversions = conversionsAt(place, changes, direction === 'forward' ? 'to' : 'from')
  await applySteps({ place, conversions, steps: free })
  removeEmptied(place, states, direction)
  await moveIndex(place, states, free, direction)
}

/**
 * Undoes a failed move. If HEAD, which moves last, has moved, there is nothing to undo.
 *
 * @throws WizardError if that fails too: the journal stays, and the next run recovers
 */
export async function undo(
  request: MoveRequest,
  changes: TreeChange[],
  failure: unknown,
): Promise<void> {
  try {
    if (!(await isHeadAt(request.gitDir, request.branch, [request.to]))) {
      const place = openHalfWay({ ...request, signal: undefined }, changes)
      await settle(place, await inspectPaths(place, changes), 'backward')
    }
    removeJournal(request.gitDir)
  } catch (error) {
    throw new WizardError(`${request.dir} is half-way between two commits`, {
      hint: 'run the command again when the cause is gone, to finish or undo the move',
      cause: new AggregateError([failure, error]),
    })
  }
}
