import { join, relative } from 'node:path'
import type { Git } from '../../git.js'
import type { BytePath } from '../../plumbing/byte-path.js'
import { editConfig } from '../../plumbing/config/edit.js'
import type { SubmoduleEntry } from '../../submodules/gitmodules.js'

/** A work tree, which may be built elsewhere, or lie below one that is moved first. */
export interface WorktreePlace {
  /** Where it is now. */
  dir: string
  /** Where it will be when it is its turn; mostly the same. */
  homeDir: string
}

/** The folders of a repository. */
export interface ModulePlace extends WorktreePlace {
  gitDir: string
}

/** Where git keeps a submodule: `.git/modules/NAME`, with the work tree at its path. */
export const modulePlaceOf = (
  { dir, gitDir, homeDir }: ModulePlace,
  submodule: SubmoduleEntry,
): ModulePlace => ({
  gitDir: moduleOf(gitDir, submodule),
  dir: join(dir, textOf(submodule.path)),
  homeDir: join(homeDir, textOf(submodule.path)),
})

/** The git folder of a submodule. @param gitDir of the repository that it is in */
const moduleOf = (gitDir: string, { name }: Pick<SubmoduleEntry, 'name'>): string =>
  join(gitDir, 'modules', name)

/** Only a path that is UTF-8 names a submodule that wizard fills in. */
const textOf = (path: BytePath): string => Buffer.from(path, 'latin1').toString('utf8')

/** The value of `core.worktree`. */
export const worktreeOf = ({ gitDir, homeDir }: ModulePlace): string =>
  slashes(relative(gitDir, homeDir))

/** Has the git folder know its work tree. */
export const linkToWorktree = ({ liveness }: Git, place: ModulePlace): Promise<void> =>
  editConfig(place.gitDir, [{ name: 'core', values: { worktree: worktreeOf(place) } }], liveness)

/** The content of the `.git` file in the work tree. */
export const gitFileOf = ({ gitDir, homeDir }: ModulePlace): string =>
  `gitdir: ${slashes(relative(homeDir, gitDir))}\n`

const slashes = (path: string) => path.replaceAll('\\', '/')
