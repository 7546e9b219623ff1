import { GitHubNotFoundError } from '../base/errors.js'
import { isOid } from '../base/names/ref.js'
import { fullNameOf } from '../base/names/repository.js'
import type { Git } from '../git/git.js'
import type { Oid } from '../git/plumbing/objects/object.js'
import { listRefs } from '../git/porcelain/fetch/target.js'
import type { Wanted } from './targets/sync-target.js'

/** Where a repository stands on the server, and what of it is wanted. */
export interface RemoteHead {
  /** null where the git protocol was asked, which knows no such number. */
  id: number | null
  /** `owner/repo` as it is called now; null where it is not known. */
  fullName: string | null
  archived: boolean
  /** The short name of the branch or tag; null in an empty repository. */
  ref: string | null
  /** A tag or a commit id: HEAD is detached there. */
  pinned: boolean
  /** The commit; null in an empty repository. */
  oid: Oid | null
}

/**
 * Asks the git server, where GraphQL gave no answer.
 *
 * @throws GitHubNotFoundError when there is no such branch or tag, or no such repository
 */
export async function askGit(git: Git, url: string, wanted: Wanted): Promise<RemoteHead> {
  const unknown = { id: null, fullName: null, archived: false }
  const { branch } = wanted
  if (isOid(branch)) return { ...unknown, ref: branch, pinned: true, oid: branch }
  if (branch === undefined) {
    const { head, refs } = await listRefs(git, url, ['HEAD', 'refs/heads/'])
    const oid = head === null ? null : (refs.get(head)?.oid ?? null)
    return { ...unknown, ref: head?.replace('refs/heads/', '') ?? null, pinned: false, oid }
  }
  const { refs } = await listRefs(git, url, [`refs/heads/${branch}`, `refs/tags/${branch}`])
  const asBranch = refs.get(`refs/heads/${branch}`)
  const asTag = refs.get(`refs/tags/${branch}`)
  const found = asBranch ?? asTag
  if (!found) throw noSuchRef(wanted)
  return { ...unknown, ref: branch, pinned: asBranch === undefined, oid: found.peeled ?? found.oid }
}

function noSuchRef(wanted: Wanted): GitHubNotFoundError {
  return new GitHubNotFoundError(`${fullNameOf(wanted)} has no branch or tag ${wanted.branch}`, {
    hint: [
      { verb: ['REPO', 'VIEW'], target: fullNameOf(wanted) },
      ' shows its default branch; change branch: in repos.yaml',
    ],
  })
}
