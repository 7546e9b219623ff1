import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConflictError, WizardError } from '../../errors.js'
import { showPath } from '../byte-path.js'
import { describeFullDisk } from '../files.js'
import { readIndex } from '../index/read.js'
import { lockFile } from '../lock-file.js'
import { readCommit } from '../objects/parse.js'
import { operationInProgress } from '../operation.js'
import { readHead, resolveRef, updateRef, writeHead } from '../refs.js'
import { type TreeChange, treeDiff } from '../tree/diff.js'
import {
  BlockedError,
  type GitProgress,
  type Liveness,
  type ObjectStore,
  type Oid,
} from '../types.js'
import { Folder } from '../worktree/folder.js'
import { Pacer } from '../worktree/pacer.js'
import { readSettings } from '../worktree/settings.js'
import { applySteps } from './apply.js'
import {
  isUnfinished,
  type Journal,
  moveFolder,
  removeJournal,
  writeJournal,
} from './journal-file.js'
import { moveIndex } from './new-index.js'
import { lookAtPaths, type PathState, type Place } from './path-state.js'
import { type Direction, obstaclesOf, removeEmptied, type Step, stepsOf } from './steps.js'

export interface Repository {
  dir: string
  gitDir: string
  store: ObjectStore
  liveness?: Liveness | undefined
  signal?: AbortSignal | undefined
}

export interface MoveRequest extends Repository {
  /** The branch that moves, by its short name; null for a detached HEAD. */
  branch: string | null
  /** Commits; `from` null on a branch that is not born yet. */
  from: Oid | null
  to: Oid
  /** For the reflog. */
  message: string
  /** The full name of a new ref for the old tip. */
  backup?: string | undefined
  onProgress?: ((progress: GitProgress) => void) | undefined
}

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

async function expectReady({ gitDir, branch, from }: MoveRequest): Promise<void> {
  if (isUnfinished(gitDir)) {
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

/** Whether HEAD is on that branch (or detached), and one of these commits. */
export async function isHeadAt(
  gitDir: string,
  branch: string | null,
  commits: (Oid | null)[],
): Promise<boolean> {
  const head = await readHead(gitDir)
  if (('branch' in head ? head.branch : null) !== branch) return false
  return commits.includes(await resolveRef(gitDir, 'HEAD'))
}

export async function changesOf(
  { store }: Pick<Repository, 'store'>,
  { from, to }: Pick<Journal, 'from' | 'to'>,
): Promise<TreeChange[]> {
  const before = from === null ? null : (await readCommit(store, from)).tree
  return treeDiff(store, before, (await readCommit(store, to)).tree)
}

export function openPlace({ dir, gitDir, signal }: Repository): Place {
  const index = readIndex(gitDir)
  const settings = readSettings(gitDir)
  const pacer = new Pacer(signal)
  return { gitDir, folder: new Folder(dir), settings, index, indexStat: index.stat, pacer }
}

const mostShown = 10

/** @throws BlockedError where anything local is on, or in the way of, a path that differs */
function expectFree(place: Place, states: PathState[]): Step[] {
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

async function keepOldTip({ gitDir, from, backup, liveness }: MoveRequest): Promise<void> {
  if (backup === undefined || from === null) return
  await updateRef(gitDir, backup, from, { expected: null, message: 'backup', liveness })
}

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

/** The branch, or a detached HEAD, at its new commit; the old one is in ORIG_HEAD and the reflog. */
export async function moveHead(
  { gitDir, liveness }: Repository,
  { branch, from, to, message }: Journal | MoveRequest,
): Promise<void> {
  if (from !== null) {
    const file = join(moveFolder(gitDir), 'ORIG_HEAD')
    writeFileSync(file, `${from}\n`)
    renameSync(file, join(gitDir, 'ORIG_HEAD'))
  }
  if (branch === null) await writeHead(gitDir, { oid: to }, { message, liveness })
  else await updateRef(gitDir, `refs/heads/${branch}`, to, { expected: from, message, liveness })
}

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
async function undo(request: MoveRequest, changes: TreeChange[], failure: unknown): Promise<void> {
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
