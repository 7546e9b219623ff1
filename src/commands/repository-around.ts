import { UsageError } from '../base/errors.js'
import type { Repo } from '../base/names/repository.js'
import type { Invocation } from '../invocation.js'
import { repositoryTarget } from './targets.js'
import type { FlagSpecs } from './verb.js'

/** The flag of verbs whose repository need not stand in the target. */
export const repositoryFlag = {
  repo: {
    type: 'text',
    short: 'R',
    value: 'OWNER/REPO',
    summary: 'the repository, where the target names none',
  },
} as const satisfies FlagSpecs

/**
 * The repository that nothing in the target names: `-R`, then `GH_REPO`, `GITHUB_REPOSITORY`, then the origin of the
 * work tree around the current folder.
 *
 * @throws UsageError where none of them says
 */
export async function repositoryAround(
  invocation: Invocation,
  flag: string | undefined,
): Promise<Repo> {
  const named = flag ?? (invocation.env.GH_REPO || invocation.env.GITHUB_REPOSITORY)
  if (named) return repositoryTarget(invocation, withoutHost(named))
  const origin = await originAround(invocation)
  if (origin) return origin
  throw new UsageError('no repository is named', {
    hint: 'write it before the name (uDOS/tests), give -R owner/repo, or stand in a clone of it',
  })
}

/** GH_REPO may be HOST/OWNER/REPO. */
const withoutHost = (text: string) =>
  /^[^/:]+\/[^/]+\/[^/]+$/.test(text) ? `https://${text}` : text

async function originAround(invocation: Invocation): Promise<Repo | null> {
  const [{ workTreeAround }, config] = await Promise.all([
    import('../git/repository/find-worktree.js'),
    invocation.config(),
  ])
  return (await workTreeAround(invocation.cwd, config.github.gitUrl))?.origin ?? null
}
