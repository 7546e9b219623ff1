import { type BigIntStats, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '../../../base/fs/read.js'
import { BlockedError } from '../../errors.js'
import { type BytePath, parentsOf, showPath } from '../../plumbing/byte-path.js'
import { fileMode } from '../../plumbing/objects/parse.js'
import { writeLeaf } from '../checkout.js'
import type { Conversions } from '../conversions.js'
import { moveFolder } from './journal-file.js'
import type { PathPlace } from './path-state.js'
import type { MoveStep } from './steps.js'

export interface ApplyRequest {
  place: PathPlace
  /** For the files that are written. */
  conversions: Conversions
  steps: MoveStep[]
  onFile?: ((done: number) => void) | undefined
}

/**
 * Applies the steps. First writes all new files into `.git`, so that a full disk or a missing
 * object stops it with the work tree untouched; then removes and renames files.
 *
 * @throws BlockedError if a path has changed since its step was planned
 */
export async function applySteps(application: ApplyRequest): Promise<void> {
  const { place, steps } = application
  const staged = await stageFiles(application)
  for (const step of [...steps].reverse()) {
    if (needsRemoval(step)) removeLeaf(place, step)
    if (place.pacer.isDue) await place.pacer.rest()
  }
  for (const step of steps) {
    const file = staged.get(step.path)
    if (file !== undefined) putFile(place, step, file)
    else if (step.want !== null) makeFolders(place, `${step.path}/`)
    if (place.pacer.isDue) await place.pacer.rest()
  }
}

/** Where the new file of each path waits for its turn. */
async function stageFiles(application: ApplyRequest): Promise<Map<BytePath, string>> {
  const { place, conversions, steps, onFile } = application
  const { store, settings } = place
  const staged = new Map<BytePath, string>()
  const folder = join(moveFolder(place.gitDir), 'new')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const { path, want } of steps) {
    if (want === null || want.mode === fileMode.gitlink) continue
    const file = join(folder, String(staged.size))
    await writeLeaf({ store, settings, conversions }, { ...want, path }, file)
    staged.set(path, file)
    onFile?.(staged.size)
    if (place.pacer.isDue) await place.pacer.rest()
  }
  return staged
}

/** A file can replace a file by a rename; anything else must be removed first. */
const needsRemoval = ({ current, want }: MoveStep) =>
  current !== null &&
  (want === null || (current.mode === fileMode.gitlink) !== (want.mode === fileMode.gitlink))

function removeLeaf({ folder }: PathPlace, step: MoveStep): void {
  const { path, current, stats } = step
  if (current?.mode === fileMode.gitlink) {
    // A submodule's folder with content is not ours: it stays, as in git.
    folder.removeIfEmpty(path)
  } else if (stats !== null) {
    assertUnchanged(path, stats, folder.lstat(path))
    folder.unlink(path)
  }
}

function putFile(place: PathPlace, step: MoveStep, staged: string): void {
  const { folder } = place
  const { path, stats } = step
  makeFolders(place, path)
  if (folder.lstat(path)?.isDirectory()) folder.removeEmptyFolders(path)
  assertUnchanged(
    path,
    stats?.isDirectory() || needsRemoval(step) ? null : stats,
    folder.lstat(path),
  )
  renameInto(place, staged, path)
}

function renameInto({ folder }: PathPlace, staged: string, path: BytePath): void {
  try {
    renameSync(staged, folder.at(path))
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error
    throw new BlockedError('unsupported', `${showPath(path)} is on another disk than .git`, {
      hint: 'pull it with git itself',
      cause: error,
    })
  }
}

/**
 * Creates every folder above a path. Each must be a real folder: nothing is written through a
 * symlink.
 */
function makeFolders({ folder }: PathPlace, path: BytePath): void {
  for (const parent of parentsOf(path)) {
    const stats = folder.lstat(parent)
    if (stats === null) mkdirSync(folder.at(parent))
    else if (!stats.isDirectory()) throw changedMeanwhile(parent)
  }
}

function assertUnchanged(path: BytePath, then: BigIntStats | null, now: BigIntStats | null): void {
  const same =
    then === null || now === null
      ? then === now
      : (['ino', 'mode', 'size', 'mtimeNs', 'ctimeNs'] as const).every(
          (field) => then[field] === now[field],
        )
  if (!same) throw changedMeanwhile(path)
}

const changedMeanwhile = (path: BytePath) =>
  new BlockedError('dirty', `${showPath(path)} was changed while it was being updated`, {
    paths: [showPath(path)],
    hint: 'it was not overwritten; run the command again',
  })
