import { ConflictError } from '../../../base/errors.js'
import { BlockedError } from '../../errors.js'
import { showPath } from '../../plumbing/byte-path.js'
import { operationInProgress } from '../../repository/operation.js'
import { isHeadAt } from './head.js'
import { hasJournal } from './journal-file.js'
import type { PathState, Place } from './path-state.js'
import type { MoveRequest } from './repository.js'
import { obstaclesOf, type Step, stepsOf } from './steps.js'

/** @throws BlockedError in the middle of a merge or its like; ConflictError where HEAD is not where it was */
export async function expectReady({ gitDir, branch, from }: MoveRequest): Promise<void> {
  if (hasJournal(gitDir)) {
    throw new ConflictError(`an earlier pull in ${gitDir} was interrupted and not recovered yet`, {
      hint: 'run the command again',
    })
  }
  const operation = operationInProgress(gitDir)
  if (operation !== null) {
    throw new BlockedError('dirty', `${operation} is in progress`, {
      hint: 'end it first: `git status` says how',
    })
  }
  if (!(await isHeadAt(gitDir, branch, [from]))) {
    throw new ConflictError(`HEAD of ${gitDir} was moved meanwhile`, {
      hint: 'run the command again',
    })
  }
}

const mostShown = 10

/** @throws BlockedError where anything local is on, or in the way of, a path that differs */
export function expectFree(place: Place, states: PathState[]): Step[] {
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
