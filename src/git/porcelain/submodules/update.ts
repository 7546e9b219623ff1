import { dirname, join } from 'node:path'
import { WizardError } from '../../../base/errors.js'
import { describeFullDisk } from '../../../base/fs/system-error.js'
import { openSibling } from '../../../process/temp-beside.js'
import type { Git } from '../../git.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { type ObjectStore, openObjectStore } from '../../plumbing/objects/store.js'
import { resolveRef } from '../../plumbing/refs/read.js'
import { hasJournal } from '../../worktree/move/journal-file.js'
import { completeContent, openContent } from '../content.js'
import { naming } from './fill.js'
import { readEnds, removeEnds, writeEnds } from './journal.js'
import { type PlanRequest, planUpdate, type SubmoduleStep, type UpdatePlan } from './plan.js'
import { takeSteps, takeStepsBack } from './steps.js'

export interface UpdatedSubmodules {
  /** Received. */
  bytes: number
  /** How many were moved, filled in or put elsewhere. */
  changed: number
  /** How many folders stay empty. */
  left: number
  /** How many files of Git LFS are pointers. */
  pointers: number
}

export interface SuperprojectMove {
  dir: string
  gitDir: string
  store: ObjectStore
  from: Oid | null
  to: Oid
  /** Where the superproject is fetched. */
  url: string
  lfs?: boolean | undefined
}

/** The move of the superproject itself, and the way back. */
export interface OwnMove {
  there(): Promise<void>
  back(): Promise<void>
}

/**
 * Moves a repository and its submodules, and theirs: everything is fetched and checked before
 * anything moves. After a failure all are where they were; after a kill `finishSubmodules` brings
 * the others after the superproject.
 *
 * @throws as `planUpdate`; nothing has moved then
 */
export async function moveWithSubmodules(
  git: Git,
  move: SuperprojectMove,
  own: OwnMove,
): Promise<UpdatedSubmodules> {
  const { gitDir, from, to } = move
  return withPlan(git, move, { isFill: true }, async (plan) => {
    await writeEnds(gitDir, { from, to })
    try {
      await own.there()
    } catch (error) {
      if (!hasJournal(gitDir)) removeEnds(gitDir)
      throw error
    }
    const taken: SubmoduleStep[] = []
    try {
      await takeSteps(git, plan, taken)
    } catch (error) {
      await takeBack(git, move, taken, own, error)
      removeEnds(gitDir)
      throw error
    }
    removeEnds(gitDir)
    return taken
  })
}

/**
 * Fills in what is missing where the superproject is at its commit, and has what lags behind follow.
 */
export const completeSubmodules = (
  git: Git,
  at: Omit<SuperprojectMove, 'from'>,
): Promise<UpdatedSubmodules> =>
  withPlan(git, { ...at, from: at.to }, { isFill: true }, async (plan) => {
    const taken: SubmoduleStep[] = []
    await takeSteps(git, plan, taken)
    return taken
  })

/**
 * Brings the submodules after a superproject whose move was killed; does nothing if it did not move.
 *
 * @throws as `planUpdate`: what is in the way has to be moved away first
 */
export async function finishSubmodules(
  git: Git,
  at: Pick<SuperprojectMove, 'dir' | 'gitDir' | 'store' | 'url' | 'lfs'>,
): Promise<void> {
  const { gitDir } = at
  const ends = readEnds(gitDir)
  if (ends !== null && (await resolveRef(gitDir, 'HEAD')) === ends.to) {
    await withPlan(git, { ...at, ...ends }, { isFill: false }, async (plan) => {
      const taken: SubmoduleStep[] = []
      await takeSteps(git, plan, taken)
      return taken
    })
  }
  removeEnds(gitDir)
}

/** Work trees wait in `.git` until it is their turn. */
async function withPlan(
  git: Git,
  { dir, gitDir, store, from, to, url, lfs }: SuperprojectMove,
  { isFill }: Pick<PlanRequest, 'isFill'>,
  carryOut: (plan: UpdatePlan) => Promise<SubmoduleStep[]>,
): Promise<UpdatedSubmodules> {
  const waiting = await openSibling(join(gitDir, 'submodules'), 'clone', git.liveness)
  let staged = 0
  try {
    const plan = await planUpdate(git, {
      place: { gitDir, dir, homeDir: dir },
      store,
      commit: to,
      from,
      url,
      lfs,
      depth: 0,
      isFill,
      stage: () => join(waiting.dir, String(staged++)),
    })
    const taken = await carryOut(plan)
    const changed = taken.filter((one) => one.staged ?? one.lyingAt ?? one.move).length
    const content = await completeContents(git, taken, lfs)
    return {
      bytes: plan.bytes + content.bytes,
      changed: changed + content.filled,
      left: plan.left,
      pointers: plan.pointers + content.pointers,
    }
  } catch (error) {
    throw describeFullDisk(error, dir)
  } finally {
    await waiting.discard()
  }
}

/** Gives files that lie in submodules as pointers their content, as in the superproject. */
async function completeContents(git: Git, taken: SubmoduleStep[], lfs: boolean | undefined) {
  const came = { bytes: 0, filled: 0, pointers: 0 }
  for (const { submodule, place, staged } of taken) {
    if (staged !== null) continue
    const { path, oid, url } = submodule
    const { gitDir, homeDir: dir } = place
    const store = await openObjectStore(gitDir)
    try {
      await naming(path, async () => {
        const content = await openContent(git, { dir, gitDir, store }, oid, { url, lfs })
        const { filled, warnings } = await completeContent(git, { dir, gitDir, store }, content)
        came.bytes += content.lfs?.came.bytes ?? 0
        came.filled += filled
        came.pointers += warnings.includes('lfs') ? 1 : 0
      })
    } finally {
      await store.close()
    }
  }
  return came
}

/** @throws WizardError if that fails too: the next run finishes what was begun */
async function takeBack(
  git: Git,
  { gitDir }: { gitDir: string },
  taken: SubmoduleStep[],
  own: OwnMove,
  failure: unknown,
): Promise<void> {
  const unstoppable = { ...git, signal: undefined }
  try {
    await takeStepsBack(unstoppable, taken)
    await own.back()
  } catch (error) {
    throw new WizardError(
      `${dirname(gitDir)} and its submodules are half-way between two commits`,
      {
        hint: 'run the command again when the cause is gone, to finish the move',
        cause: new AggregateError([failure, error]),
      },
    )
  }
}
