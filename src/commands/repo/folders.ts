import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { NotFoundError } from '../../base/errors.js'
import { existsAt } from '../../base/fs/read.js'
import { oneLine } from '../../base/text.js'
import type { Invocation } from '../../invocation.js'

/** Whether a target is written as a path, which no name of a repository is. */
export const looksLikePath = (target: string): boolean =>
  isAbsolute(target) || /^\.{1,2}(\/|$)/.test(target)

export const isFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

/** The top of the clone around a folder, as in git; outside a clone the path itself. */
export async function cloneAround(invocation: Invocation, path: string): Promise<string> {
  if (!(await isFolder(path))) return path
  const [{ workTreeAround }, { github }] = await Promise.all([
    import('../../git/repository/find-worktree.js'),
    invocation.config(),
  ])
  return (await workTreeAround(path, github.gitUrl))?.dir ?? path
}

/**
 * Targets in which folders, such as `.`, are the destinations of the clones around them, as
 * repos.yaml has them; a `!` stays before its name.
 */
export async function withFolders(invocation: Invocation, targets: string[]): Promise<string[]> {
  if (!targets.some((target) => looksLikePath(target.replace(/^!/, '')))) return targets
  const { root } = await invocation.config()
  const top = await realpath(root).catch(() => root)
  return Promise.all(
    targets.map(async (target) => {
      const [, not = '', name = ''] = /^(!?)(.*)$/s.exec(target) ?? []
      if (!looksLikePath(name)) return target
      const dir = await cloneAround(invocation, resolve(invocation.cwd, name))
      if ((await isFolder(dir)) && !(await existsAt(join(dir, '.git')))) throw notInClone(name)
      const within = relative(top, await realpath(dir).catch(() => dir))
      return not + (within === '..' || within.startsWith(`..${sep}`) ? dir : join(root, within))
    }),
  )
}

const notInClone = (name: string) =>
  new NotFoundError(`${oneLine(name, 200)} is not inside a clone`, {
    hint: 'wizard REPO LIST --local shows where your repositories are',
  })
