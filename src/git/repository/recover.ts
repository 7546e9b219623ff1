import { join } from 'node:path'
import { isHeadAt, moveHead } from '../worktree/move/head.js'
import {
  isUnfinished,
  type Journal,
  readJournal,
  removeJournal,
} from '../worktree/move/journal-file.js'
import { lookAtPaths, type PathState, type Place } from '../worktree/move/path-state.js'
import { changesOf, openPlace, type Repository } from '../worktree/move/repository.js'
import { settle } from '../worktree/move/settle.js'
import { obstaclesOf, stepsOf } from '../worktree/move/steps.js'
import { lockFile } from './lock-file.js'

/**
 * Finishes, or else takes back, what a killed wizard left half-done. A path is touched only where it is at one of
 * the two ends; what was changed since stays. Killed itself, it can be run again.
 *
 * @param request `liveness` is what tells a dead wizard's lock from a living one's
 * @returns `none` where there was nothing to recover
 * @throws BlockedError where the journal can't be read; ConflictError where another process is at work there
 */
export async function recover(request: Repository): Promise<'none' | 'finished' | 'undone'> {
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

async function resume(request: Repository, journal: Journal): Promise<'finished' | 'undone'> {
  const { gitDir } = request
  const { branch, from, to } = journal
  // Who has moved HEAD since has seen what was there, and gone on from it.
  if (!(await isHeadAt(gitDir, branch, [from, to]))) return 'undone'
  // HEAD moves last.
  if (await isHeadAt(gitDir, branch, [to])) return 'finished'
  const place = openPlace(request)
  const states = await lookAtPaths(place, await changesOf(request, journal))
  const direction = canFinish(place, states) ? 'forward' : 'backward'
  await settle(request, place, states, direction)
  if (direction === 'backward') return 'undone'
  await moveHead(request, journal)
  return 'finished'
}

/** Whether nothing was changed since: every path is at one of the two ends, or its index entry is there already. */
function canFinish(place: Place, states: PathState[]): boolean {
  const atAnEnd = ({ index, file }: PathState) =>
    index === 'to' || (index === 'from' && file !== 'other')
  return states.every(atAnEnd) && obstaclesOf(place, stepsOf(states, 'forward')).size === 0
}
