import { resolve } from 'node:path'
import { PathError } from '../../base/errors.js'
import { fullNameOf, isSameRepo, type Repo } from '../../base/names/repository.js'
import { workTreeAround } from '../../git/repository/find-worktree.js'
import type { Invocation } from '../../invocation.js'

/**
 * The work tree that a release is made from: `--source DIR`, else the one around the current folder if its origin is the
 * repository, else the repository's destination in repos.yaml.
 *
 * @returns its top, absolute; null where there is none
 * @throws PathError where `--source` is no work tree
 */
export async function sourceTree(
  invocation: Invocation,
  repo: Repo,
  flag: string | undefined,
): Promise<string | null> {
  const config = await invocation.config()
  const { gitUrl } = config.github
  if (flag !== undefined) {
    // It may be a fork's, or one whose origin is a mirror: who names it answers for it.
    const named = await workTreeAround(resolve(invocation.cwd, flag), gitUrl)
    if (named !== null) return named.dir
    throw new PathError(`${flag} is in no work tree`, {
      hint: `--source names a clone of ${fullNameOf(repo)}`,
    })
  }
  const { placesOf } = await import('../../repos/targets/destinations.js')
  for (const folder of [invocation.cwd, ...placesOf(await config.repos(), config.root, repo)]) {
    const around = await workTreeAround(folder, gitUrl)
    if (around?.origin && isSameRepo(around.origin, repo)) return around.dir
  }
  return null
}
