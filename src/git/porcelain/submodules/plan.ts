import { dirname } from 'node:path'
import { PathError } from '../../../base/errors.js'
import { removeLeftovers } from '../../../process/temp-beside.js'
import type { Git } from '../../git.js'
import type { ConfigSection } from '../../plumbing/config/edit.js'
import { readIndex } from '../../plumbing/index/index-file.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { readCommit } from '../../plumbing/objects/parse.js'
import { type ObjectStore, openObjectStore } from '../../plumbing/objects/store.js'
import { readSubmodules, type SubmoduleEntry } from '../../submodules/gitmodules.js'
import { recover } from '../../worktree/move/recover.js'
import { assertLevels, fillWorktree, naming, type Superproject } from './fill.js'
import {
  decideMove,
  type FollowOptions,
  type PlannedSubmodule,
  type SubmoduleMove,
} from './follow.js'
import { initSubmodules, type WantedSubmodule } from './init.js'
import { bringModule, clearRemains } from './module.js'
import {
  assertFree,
  assertMovableTo,
  assertOwn,
  assertReached,
  type Existing,
  leadsElsewhere,
  worktreeAt,
} from './occupied.js'
import { type ModulePlace, modulePlaceOf, type WorktreePlace } from './place.js'

/** A submodule that is to be moved, filled in or put elsewhere; and what is to be done in it. */
export interface SubmoduleStep {
  submodule: WantedSubmodule
  place: ModulePlace
  /** Its finished work tree, out of sight; null: it has one. */
  staged: string | null
  /** Where its work tree is, if that is not its place. */
  lyingAt: WorktreePlace | null
  /** Whether its `.git` file and `core.worktree` are to be written again. */
  relink: boolean
  /** null: its commit is the right one. */
  move: SubmoduleMove | null
  inside: UpdatePlan
}

/** What brings the submodules of one repository to a commit. */
export interface UpdatePlan {
  gitDir: string
  /** What its configuration lacks. */
  sections: ConfigSection[]
  steps: SubmoduleStep[]
  /** Received so far. */
  bytes: number
  /** How many folders stay empty. */
  left: number
  /** How many files of Git LFS are pointers in new work trees. */
  pointers: number
}

export interface PlanRequest extends Superproject, FollowOptions {
  /** What was checked out before; null: nothing. `commit` is what will be. */
  from: Oid | null
  /** A new folder, out of sight, for the work tree of a submodule. */
  stage(): string
}

/**
 * Fetches what the submodules of a commit need, and decides what is to be done with each. Nothing
 * that anybody sees changes.
 *
 * @throws BlockedError naming a submodule with local work in the way
 * @throws as `fillSubmodules`
 */
export async function planUpdate(git: Git, request: PlanRequest): Promise<UpdatePlan> {
  const { place, store, commit, from, url } = request
  const { gitDir } = place
  const { submodules, unmapped } = await submodulesAt(store, commit)
  const before = from === commit ? submodules : await recordedBefore(store, from)
  const { wanted, sections } = initSubmodules({ gitDir, url, env: git.env }, submodules, before)
  assertLevels(request, wanted)
  await clearLeftovers(git, place, wanted)
  const plan: UpdatePlan = {
    gitDir,
    sections,
    steps: [],
    bytes: 0,
    left: unmapped.length + submodules.length - wanted.length,
    pointers: 0,
  }
  const staged = stagedCommits(gitDir)
  for (const submodule of wanted) {
    const recorded = recordedAs(submodule, before)
    await naming(submodule.path, () =>
      planOne(git, request, plan, {
        submodule,
        recorded,
        isStaged: isStagedElsewhere(staged.get(recorded?.path ?? submodule.path), recorded),
        others: wanted.filter((one) => one !== submodule),
      }),
    )
  }
  return plan
}

const submodulesAt = async (store: ObjectStore, commit: Oid) =>
  readSubmodules(store, (await readCommit(store, commit)).tree)

/** One that has another name now is known by its path. */
const recordedAs = ({ name, path }: WantedSubmodule, before: SubmoduleEntry[]) =>
  before.find((one) => one.name === name) ?? before.find((one) => one.path === path) ?? null

/** A list that would be refused now was never followed. */
async function recordedBefore(store: ObjectStore, from: Oid | null): Promise<SubmoduleEntry[]> {
  if (from === null) return []
  try {
    return (await submodulesAt(store, from)).submodules
  } catch (error) {
    if (error instanceof PathError) return []
    throw error
  }
}

/** What can't be removed does not stop anything. */
async function clearLeftovers(
  { liveness }: Git,
  place: ModulePlace,
  wanted: WantedSubmodule[],
): Promise<void> {
  if (liveness === undefined) return
  const parents = wanted.map((one) => dirname(modulePlaceOf(place, one).gitDir))
  for (const folder of new Set([place.gitDir, ...parents])) {
    await removeLeftovers(folder, 'clone', liveness).catch(() => {})
  }
}

const stagedCommits = (gitDir: string): Map<string, Oid> =>
  new Map(readIndex(gitDir, { withChecksum: false }).entries.map(({ path, oid }) => [path, oid]))

const isStagedElsewhere = (staged: Oid | undefined, recorded: SubmoduleEntry | null) =>
  staged !== undefined && recorded !== null && staged !== recorded.oid

async function planOne(
  git: Git,
  request: PlanRequest,
  plan: UpdatePlan,
  { others, ...planned }: PlannedSubmodule & { others: WantedSubmodule[] },
): Promise<void> {
  const { submodule } = planned
  const place = modulePlaceOf(request.place, submodule)
  assertReached(request.place, submodule)
  const here = worktreeAt(place.dir, place.gitDir)
  if (here !== null) assertOwn(request.place, here, others)
  const old = here?.gitDir === place.gitDir ? null : oldPlaceOf(request.place, planned)
  if (old !== null) {
    assertMovableTo(old, place)
    const link = { gitDir: place.gitDir, relink: true, lyingAt: old }
    return planExisting(git, request, plan, { ...planned, place, ...link })
  }
  if (here !== null) {
    const there = { ...place, gitDir: here.gitDir }
    return planExisting(git, request, plan, { ...planned, place: there, ...here, lyingAt: null })
  }
  assertFree(place)
  const bytes = await bringModule(git, { ...submodule, place })
  const staged = request.stage()
  const store = await openObjectStore(place.gitDir)
  try {
    const inside = { ...submodule, place: { ...place, dir: staged }, store }
    const filled = await fillWorktree(git, { ...request, ...inside })
    plan.bytes += bytes + filled.bytes
    plan.left += filled.left
    plan.pointers += filled.pointers
  } finally {
    await store.close()
  }
  const none = { gitDir: place.gitDir, sections: [], steps: [], bytes: 0, left: 0, pointers: 0 }
  // Its git folder may be of a work tree that somebody removed elsewhere.
  const relink = leadsElsewhere(place.gitDir, place.homeDir)
  const known = { submodule, place, lyingAt: null, relink, move: null, inside: none }
  plan.steps.push({ ...known, staged })
}

/** Where the work tree of a submodule is that has another path now; null: there is none. */
function oldPlaceOf(parent: ModulePlace, { submodule, recorded }: PlannedSubmodule) {
  if (recorded === null || recorded.path === submodule.path) return null
  const old = modulePlaceOf(parent, { ...submodule, path: recorded.path })
  return worktreeAt(old.dir, old.gitDir)?.gitDir === old.gitDir ? old : null
}

interface PlannedExisting extends PlannedSubmodule, Existing {
  place: ModulePlace
  lyingAt: WorktreePlace | null
}

async function planExisting(
  git: Git,
  request: PlanRequest,
  plan: UpdatePlan,
  { place, lyingAt, relink, gitDir, ...planned }: PlannedExisting,
): Promise<void> {
  const { submodule } = planned
  const { dir } = lyingAt ?? place
  const { env, liveness, signal, clock } = git
  await clearRemains(git, gitDir)
  const store = await openObjectStore(gitDir)
  try {
    await recover({ dir, gitDir, store, env, liveness, signal, clock })
    const module = { ...planned, gitDir, dir, store, isElsewhere: lyingAt !== null }
    const decided = await decideMove(git, request, module)
    if (decided === null) return
    const { move, bytes } = decided
    const from = move?.from ?? planned.recorded?.oid ?? submodule.oid
    const inside = await planUpdate(git, {
      ...request,
      place: { ...place, dir },
      store,
      commit: submodule.oid,
      from: (await store.has(from)) ? from : null,
      url: submodule.url,
      depth: request.depth + 1,
    })
    plan.bytes += inside.bytes + bytes
    plan.left += inside.left
    plan.pointers += inside.pointers
    // The folder may be below one that is to be moved.
    const isElsewhere = dir !== place.homeDir
    const link = { lyingAt, relink: relink || isElsewhere }
    plan.steps.push({ submodule, place, staged: null, ...link, move, inside })
  } finally {
    await store.close()
  }
}
