import type { Addresses } from '../../addresses.js'
import type { Change, CommitInfo } from '../../git/read.js'
import type { World } from '../../model/world.js'
import type { Data } from '../route.js'
import { simpleUser } from './account.js'

type ListedCommit = Data<'GET /repos/{owner}/{repo}/commits'>[number]
type FullCommit = Data<'GET /repos/{owner}/{repo}/commits/{ref}'>

interface Place {
  world: World
  addresses: Addresses
}

/** `name` is the repository's full name. */
export function listedCommit(place: Place, name: string, commit: CommitInfo): ListedCommit {
  const { addresses } = place
  const { oid, tree, parents, author, committer, message } = commit
  const repository = `${addresses.api}/repos/${name}`
  const page = `${addresses.git}/${name}/commit`
  return {
    sha: oid,
    node_id: `C_${oid}`,
    url: `${repository}/commits/${oid}`,
    html_url: `${page}/${oid}`,
    comments_url: `${repository}/commits/${oid}/comments`,
    commit: {
      url: `${repository}/git/commits/${oid}`,
      author,
      committer,
      message,
      comment_count: 0,
      tree: { sha: tree, url: `${repository}/git/trees/${tree}` },
      verification: {
        verified: false,
        reason: 'unsigned',
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    author: accountOf(place, author.email),
    committer: accountOf(place, committer.email),
    parents: parents.map((sha) => ({
      sha,
      url: `${repository}/commits/${sha}`,
      html_url: `${page}/${sha}`,
    })),
  }
}

function accountOf({ world, addresses }: Place, email: string) {
  const account = world.accountByEmail(email)
  return account ? simpleUser(addresses, account) : null
}

export function fullCommit(
  place: Place,
  name: string,
  { commit, changes }: { commit: CommitInfo; changes: Change[] },
): FullCommit {
  const sum = (field: 'additions' | 'deletions') =>
    changes.reduce((total, change) => total + change[field], 0)
  const [additions, deletions] = [sum('additions'), sum('deletions')]
  return {
    ...listedCommit(place, name, commit),
    stats: { additions, deletions, total: additions + deletions },
    files: changes.map((change) => changedFile(place.addresses, name, { commit, change })),
  }
}

function changedFile(
  { api, git }: Addresses,
  name: string,
  { commit, change }: { commit: CommitInfo; change: Change },
) {
  const path = encodeURI(change.path)
  return {
    sha: change.oid,
    filename: change.path,
    status: change.status,
    additions: change.additions,
    deletions: change.deletions,
    changes: change.additions + change.deletions,
    blob_url: `${git}/${name}/blob/${commit.oid}/${path}`,
    raw_url: `${git}/${name}/raw/${commit.oid}/${path}`,
    contents_url: `${api}/repos/${name}/contents/${path}?ref=${commit.oid}`,
  }
}
