import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { hasCode, readTextIfThere } from '../../../base/fs/read.js'
import { BlockedError } from '../../errors.js'
import { parentsOf, showPath } from '../../plumbing/byte-path.js'
import { readGitConfig } from '../../plumbing/config/config-file.js'
import { gitDirsOf } from '../../repository/open.js'
import type { WantedSubmodule } from './init.js'
import { type ModulePlace, modulePlaceOf } from './place.js'

export interface Existing {
  gitDir: string
  /** Whether its `.git` file leads nowhere, because a move of its folder was interrupted. */
  relink: boolean
}

/** The repository whose work tree a folder is; null: of none. */
export function worktreeAt(dir: string, gitDir: string): Existing | null {
  const dirs = gitDirsOf(dir)
  if (dirs !== null) {
    if (dirs.commonDir !== dirs.gitDir) return null
    return { gitDir: dirs.gitDir, relink: dirs.gitDir === gitDir && leadsElsewhere(gitDir, dir) }
  }
  const target = /^gitdir: (.*?)\s*$/.exec(readTextIfThere(join(dir, '.git')) ?? '')?.[1]
  const isOurs = target?.replaceAll('\\', '/').endsWith(modulePart(gitDir)) ?? false
  return isOurs && existsSync(join(gitDir, 'HEAD')) ? { gitDir, relink: true } : null
}

/** A `.git` file may fit in two places, but `core.worktree` names one. */
export function leadsElsewhere(gitDir: string, dir: string): boolean {
  const worktree = readGitConfig(gitDir).get('core.worktree')
  return worktree === undefined || resolve(gitDir, worktree) !== dir
}

const modulePart = (gitDir: string) => {
  const text = gitDir.replaceAll('\\', '/')
  return text.slice(text.indexOf('/.git/modules/') + '/.git'.length)
}

/**
 * Two submodules that change places need each other's folder.
 *
 * @throws BlockedError if a folder is the work tree of one of the others
 */
export function assertOwn(
  place: ModulePlace,
  { gitDir }: Existing,
  others: WantedSubmodule[],
): void {
  const owner = others.find((one) => modulePlaceOf(place, one).gitDir === gitDir)
  if (owner === undefined) return
  throw new BlockedError('unsupported', `its folder is now that of submodule ${owner.name}`, {
    hint: 'remove both with `git submodule deinit`, and run the command again',
  })
}

/** A parent of its path that is a symlink leads elsewhere. */
export function assertReached({ dir }: ModulePlace, { path }: WantedSubmodule): void {
  for (const parent of [...parentsOf(path), path]) {
    const stats = lstatSync(join(dir, parent), { throwIfNoEntry: false })
    if (stats === undefined) return
    if (!stats.isDirectory()) {
      throw new BlockedError('dirty', `${showPath(parent)} is not a folder`, {
        paths: [showPath(parent)],
        hint: 'move it away',
      })
    }
  }
}

/** @throws BlockedError if there is anything but an empty folder */
export function assertFree({ dir }: ModulePlace): void {
  try {
    if (readdirSync(dir).length === 0) return
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return
    throw error
  }
  throw new BlockedError('dirty', 'its folder contains other files', {
    hint: `look at ${dir}, and move them away`,
  })
}

/** @throws BlockedError if a work tree can't be put into a place, or lies in it, or around it */
export function assertMovableTo(from: ModulePlace, to: ModulePlace): void {
  if (isIn(from.dir, to.dir) || isIn(to.dir, from.dir)) {
    throw new BlockedError('unsupported', 'its old folder and its new one overlap', {
      hint: 'remove it with `git submodule deinit`, and run the command again',
    })
  }
  assertFree(to)
}

const isIn = (dir: string, folder: string) => dir.startsWith(folder + sep)
