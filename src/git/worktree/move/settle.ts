import { WizardError } from '../../../base/errors.js'
import type { TreeChange } from '../../plumbing/tree/diff.js'
import { applySteps } from './apply.js'
import { isHeadAt } from './head.js'
import { removeJournal } from './journal-file.js'
import { moveIndex } from './new-index.js'
import { lookAtPaths, type PathState, type Place } from './path-state.js'
import { type MoveRequest, openPlace, type Repository } from './repository.js'
import { type Direction, obstaclesOf, removeEmptied, stepsOf } from './steps.js'

/**
 * Puts files and index at one end, whatever mixture of both they are in. What is neither is someone's work: it
 * stays, and so does what lies in the way.
 */
export async function settle(
  request: Repository,
  place: Place,
  states: PathState[],
  direction: Direction,
): Promise<void> {
  const steps = stepsOf(states, direction)
  const obstacles = obstaclesOf(place, steps)
  const free = steps.filter(({ path }) => !obstacles.has(path))
  const isThere = direction === 'forward' ? 'to' : 'from'
  if (free.length === 0 && states.every(({ index }) => index === isThere)) return
  await applySteps({ place, store: request.store, steps: free })
  removeEmptied(place, states, direction)
  await moveIndex(place, states, free, direction)
}

/**
 * Takes back what a failure left half-done; where HEAD, which moves last, has moved, nothing is.
 *
 * @throws WizardError where that fails too: the journal stays, and the next run recovers
 */
export async function undo(
  request: MoveRequest,
  changes: TreeChange[],
  failure: unknown,
): Promise<void> {
  try {
    if (!(await isHeadAt(request.gitDir, request.branch, [request.to]))) {
      const place = openPlace({ ...request, signal: undefined })
      await settle(request, place, await lookAtPaths(place, changes), 'backward')
    }
    removeJournal(request.gitDir)
  } catch (error) {
    throw new WizardError(`${request.dir} is half-way between two commits`, {
      hint: 'run the command again when the cause is gone: it finishes what was begun, or takes it back',
      cause: new AggregateError([failure, error]),
    })
  }
}
