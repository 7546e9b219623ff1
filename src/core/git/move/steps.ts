import type { BigIntStats } from 'node:fs'
import { type BytePath, joinBytes, parentsOf } from '../byte-path.js'
import { fileMode } from '../index/entry.js'
import type { Leaf } from '../tree/safe-tree.js'
import type { PathState, Place } from './path-state.js'

/** What is to be done to one file: it is at `current`, and shall be at `want`. */
export interface Step {
  path: BytePath
  current: Leaf | null
  want: Leaf | null
  /** What lies there as the step was decided on: it must still do so when the step is taken. */
  stats: BigIntStats | null
}

export type Direction = 'forward' | 'backward'

/** The files that are at the end which is to be left. */
export function stepsOf(states: PathState[], direction: Direction): Step[] {
  return direction === 'forward'
    ? states
        .filter(({ file, index }) => file === 'from' && index !== 'to')
        .map(({ change: { path, from, to }, stats }) => ({ path, current: from, want: to, stats }))
    : states
        .filter(({ file, index }) => file === 'to' && index !== 'other')
        .map(({ change: { path, from, to }, stats }) => ({ path, current: to, want: from, stats }))
}

/** What the steps may not destroy and yet lies in their way, by the path of the step. */
export function obstaclesOf(place: Place, steps: Step[]): Map<BytePath, BytePath> {
  const byPath = new Map(steps.map((step) => [step.path, step]))
  const obstacles = new Map<BytePath, BytePath>()
  for (const step of steps) {
    const obstacle = obstacleOf(place, byPath, step)
    if (obstacle !== null) obstacles.set(step.path, obstacle)
  }
  return obstacles
}

type Steps = Map<BytePath, Step>

function obstacleOf(place: Place, steps: Steps, { path, current, want }: Step): BytePath | null {
  if (want === null || isGitlink(current, want)) return null
  for (const parent of parentsOf(path)) {
    const above = obstacleAbove(place, steps, parent)
    if (above !== null) return above
  }
  const isFolder = place.folder.lstat(path)?.isDirectory() ?? false
  return isFolder ? foreignIn(place, steps, path) : null
}

const isGitlink = (...leaves: (Leaf | null)[]) =>
  leaves.every((leaf) => leaf?.mode === fileMode.gitlink)

/** A folder on the way: no symlink or file but one that goes, nor the work tree of a submodule that is in use. */
function obstacleAbove(place: Place, steps: Steps, parent: BytePath): BytePath | null {
  const stats = place.folder.lstat(parent)
  if (stats === null) return null
  const step = steps.get(parent)
  if (!stats.isDirectory()) return isRemoved(step) ? null : parent
  return step !== undefined && isGitlink(step.current) ? foreignIn(place, steps, parent) : null
}

const isRemoved = (step: Step | undefined): boolean =>
  step !== undefined && step.current !== null && step.want === null

/** The first file below a folder that no step removes; empty folders are nobody's work. */
function foreignIn(place: Place, steps: Steps, folder: BytePath): BytePath | null {
  for (const entry of place.folder.list(folder)) {
    const path = joinBytes(folder, entry.name)
    const foreign = entry.isDirectory() ? foreignIn(place, steps, path) : null
    if (foreign !== null) return foreign
    if (!entry.isDirectory() && !isRemoved(steps.get(path))) return path
  }
  return null
}
