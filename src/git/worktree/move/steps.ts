import type { BigIntStats } from 'node:fs'
import { type BytePath, joinBytes, parentsOf } from '../../plumbing/byte-path.js'
import { fileMode } from '../../plumbing/objects/parse.js'
import type { Leaf } from '../../plumbing/objects/safe-tree.js'
import { isRepository } from '../walk.js'
import type { PathPlace, PathState } from './path-state.js'

/** The change of one file from `current` to `want`. */
export interface MoveStep {
  path: BytePath
  current: Leaf | null
  want: Leaf | null
  /** The file when the step was planned; it must be the same when the step is applied. */
  stats: BigIntStats | null
}

export type Direction = 'forward' | 'backward'

/** The steps for the files that are not yet at the wanted end. */
export function stepsOf(states: PathState[], direction: Direction): MoveStep[] {
  const [start, end, done] =
    direction === 'forward' ? (['from', 'to', 'to'] as const) : (['to', 'from', 'other'] as const)
  return states
    .filter((state) => state.index !== done && (state.file === start || lacksFolder(state, end)))
    .map(({ change, file, stats }) => ({
      path: change.path,
      current: file === start ? change[start] : change[end],
      want: change[end],
      stats,
    }))
}

/** A submodule's folder must exist, even if it is empty. */
const lacksFolder = ({ change, file, stats }: PathState, end: 'from' | 'to') =>
  file === end && change[end]?.mode === fileMode.gitlink && stats === null

/** Paths in conflict with the steps, which must not be destroyed, by the step's path. */
export function obstaclesOf(place: PathPlace, steps: MoveStep[]): Map<BytePath, BytePath> {
  const byPath = new Map(steps.map((step) => [step.path, step]))
  const obstacles = new Map<BytePath, BytePath>()
  for (const step of steps) {
    const obstacle = obstacleOf(place, byPath, step)
    if (obstacle !== null) obstacles.set(step.path, obstacle)
  }
  return obstacles
}

type Steps = Map<BytePath, MoveStep>

function obstacleOf(place: PathPlace, steps: Steps, step: MoveStep): BytePath | null {
  const { path, current, want, stats } = step
  // A submodule that only changes its commit keeps its folder, as in git.
  if (want === null || (isGitlink(current, want) && stats !== null)) return null
  for (const parent of parentsOf(path)) {
    const above = obstacleAbove(place, steps, parent)
    if (above !== null) return above
  }
  const isFolder = place.folder.lstat(path)?.isDirectory() ?? false
  if (!isFolder) return null
  // As git, which takes a repository that lies there for the submodule's.
  if (isGitlink(want) && isRepository(place.folder, path)) return null
  return foreignIn(place, steps, path)
}

const isGitlink = (...leaves: (Leaf | null)[]) =>
  leaves.every((leaf) => leaf?.mode === fileMode.gitlink)

/**
 * A parent folder that blocks: a symlink or file that no step removes, or the work tree of a
 * submodule in use.
 */
function obstacleAbove(place: PathPlace, steps: Steps, parent: BytePath): BytePath | null {
  const stats = place.folder.lstat(parent)
  if (stats === null) return null
  const step = steps.get(parent)
  if (!stats.isDirectory()) return isRemoved(step) ? null : parent
  return step !== undefined && isGitlink(step.current) ? foreignIn(place, steps, parent) : null
}

const isRemoved = (step: MoveStep | undefined): boolean =>
  step !== undefined && step.current !== null && step.want === null

/** The first file below a folder that no step removes; empty folders are nobody's work. */
function foreignIn(place: PathPlace, steps: Steps, folder: BytePath): BytePath | null {
  for (const entry of place.folder.list(folder)) {
    const path = joinBytes(folder, entry.name)
    const foreign = entry.isDirectory() ? foreignIn(place, steps, path) : null
    if (foreign !== null) return foreign
    if (!entry.isDirectory() && !isRemoved(steps.get(path))) return path
  }
  return null
}

/** Removes the folders that became empty, now or in a killed run, because git keeps none. */
export function removeEmptied(
  { folder }: PathPlace,
  states: PathState[],
  direction: Direction,
): void {
  const [start, end] =
    direction === 'forward' ? (['from', 'to'] as const) : (['to', 'from'] as const)
  const submodules = states.filter(({ change }) => isGitlink(change[end])).map(pathOf)
  const kept = new Set(submodules)
  for (const { change } of states) {
    if (change[end] !== null) continue
    if (isGitlink(change[start])) folder.removeIfEmpty(change.path)
    for (const parent of parentsOf(change.path).reverse()) {
      if (kept.has(parent) || !folder.removeIfEmpty(parent)) break
    }
  }
}

const pathOf = ({ change }: PathState) => change.path
