import { isSameName } from '../../base/names/repository.js'
import { expandDestination } from '../../config/files/destinations.js'
import type { RepoEntry } from '../../config/files/repos.js'
import { matchesName } from '../../github/source.js'

/**
 * Where repos.yaml would put a repository: by entries of its own first, then by `from:` entries whose owner and names
 * fit, without asking GitHub whether the rest of their filters does.
 */
export function placesOf(
  entries: readonly RepoEntry[],
  root: string,
  { owner, repo }: { owner: string; repo: string },
): string[] {
  const own = entries.flatMap((entry) =>
    entry.kind === 'repository' && isSameName(entry.owner, owner) && isSameName(entry.repo, repo)
      ? [entry.destination]
      : [],
  )
  const listed = entries.flatMap((entry) =>
    entry.kind === 'source' && isSameName(entry.from, owner) && matchesName(entry, repo)
      ? [expandDestination(root, entry, { owner, repo })]
      : [],
  )
  return [...own, ...listed]
}
