import { join } from 'node:path'
import { describeFullDisk } from '../../../base/fs/read.js'
import { lockFile } from '../../repository/lock-file.js'
import { applySteps } from './apply.js'
import { expectFree, expectReady } from './checks.js'
import { keepOldTip, moveHead } from './head.js'
import { type Journal, removeJournal, writeJournal } from './journal-file.js'
import { moveIndex } from './new-index.js'
import { lookAtPaths, type PathState, type Place } from './path-state.js'
import { changesOf, type MoveRequest, openPlace } from './repository.js'
import { undo } from './settle.js'
import { removeEmptied, type Step } from './steps.js'

/**
 * Brings work tree, index and branch from one commit to another, touching the paths alone in which these differ.
 * Whatever stops it, and whenever it is killed, the repository is, or `recover` brings it, to one of the two ends.
 *
 * @throws BlockedError (`dirty`) with nothing changed, where a path that differs has local work on it
 * @throws ConflictError where another process is at work in the repository
 */
export async function moveTree(request: MoveRequest): Promise<{ changed: number }> {
  const { gitDir, liveness } = request
  const lock = await lockFile(join(gitDir, 'index'), liveness)
  try {
    await expectReady(request)
    const changes = await changesOf(request, request)
    const place = openPlace(request)
    const states = await lookAtPaths(place, changes)
    const steps = expectFree(place, states)
    await keepOldTip(request)
    try {
      await writeJournal(gitDir, journalOf(request))
      await carryOut(request, place, states, steps)
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

const journalOf = ({ branch, from, to, message }: MoveRequest): Journal => ({
  version: 1,
  branch,
  from,
  to,
  message,
})

async function carryOut(
  request: MoveRequest,
  place: Place,
  states: PathState[],
  steps: Step[],
): Promise<void> {
  const { store, onProgress } = request
  const total = steps.filter(({ want }) => want !== null).length
  const onFile = (done: number) => onProgress?.({ phase: 'checkout', bytes: 0, done, total })
  await applySteps({ place, store, steps, onFile })
  removeEmptied(place, states, 'forward')
  await moveIndex(place, states, steps, 'forward')
  await moveHead(request, request)
}
