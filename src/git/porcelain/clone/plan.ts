import { GitHubNotFoundError } from '../../../base/errors.js'
import type { Git } from '../../git.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { connect } from '../../plumbing/protocol/connect.js'
import type { Advertised, Remote, RemoteRef } from '../../plumbing/protocol/remote-refs.js'
import {
  branchPrefix,
  prefixesFor,
  type Target,
  tagPrefix,
  tagsOf,
  targetOf,
} from '../fetch/target.js'

/** What a clone will fetch and check out, decided from the remote's refs only. */
export interface ClonePlan {
  /** What HEAD will point to; null in an empty repository. */
  target: Target | null
  /** The short name of HEAD's branch, which may be unborn; null if HEAD will be detached. */
  branch: string | null
  /** The remote's branches to keep, by full name on the remote. */
  branches: Map<string, RemoteRef>
  wants: Oid[]
  /** What `git fetch` will fetch later. */
  refspec: string
}

/** What HEAD's branch is mostly called: asked for at once, it costs no request of its own. */
const likelyBranches = [`${branchPrefix}main`, `${branchPrefix}master`]

/**
 * Lists what a clone needs: all branches, or the wanted one, and the tags. HEAD's branch is listed
 * only if the remote does not hide it.
 *
 * @throws as `connect`
 */
export async function listForClone(git: Git, request: CloneRequest): Promise<Remote> {
  const { url, ref, branches } = request
  if (branches === 'all') return connect(git, url, [branchPrefix, tagPrefix])
  if (ref !== undefined) return connect(git, url, [...prefixesFor(ref), tagPrefix])
  const remote = await connect(git, url, [...likelyBranches, tagPrefix])
  const { head, refs } = remote
  const listed = head === null || refs.has(head) ? refs : (await connect(git, url, [head])).refs
  const others = [...refs].filter(([name]) => !name.startsWith(branchPrefix))
  const oid = head !== null && listed.has(head) ? refs.get('HEAD')?.oid : undefined
  return { ...remote, refs: new Map(head && oid ? [...others, [head, { oid }]] : others) }
}

/** @throws GitHubNotFoundError if the remote does not have the ref */
export function planClone(remote: Advertised, request: CloneRequest): ClonePlan {
  const { ref, url } = request
  if (remote.refs.size === 0) return planEmpty(remote, request)
  const target = ref === undefined ? headOf(remote, request) : targetOf(remote, ref, url)
  const branch = target.kind === 'branch' ? target.short : null
  const all = request.branches === 'all'
  const branches = all ? branchesOf(remote) : new Map<string, RemoteRef>()
  if (branch !== null) branches.set(target.name, target)
  // A clone of one branch does not request its tags but follows them.
  const tags = all ? tagsOf(remote).values() : []
  const named = [target, ...branches.values(), ...tags].map(({ oid }) => oid)
  const refspec = all ? everyBranch : refspecOf(target)
  return { target, branch, branches, wants: [...new Set(named)], refspec }
}

function planEmpty({ unborn }: Advertised, { ref, branches }: CloneRequest): ClonePlan {
  const branch = ref ?? unborn?.slice(branchPrefix.length) ?? 'main'
  const refspec = branches === 'all' ? everyBranch : refspecOfBranch(branch)
  return { target: null, branch, branches: new Map(), wants: [], refspec }
}

/**
 * The remote's HEAD: a branch, or a commit if it is detached. As in git, a branch that the remote
 * hides is a commit too.
 */
function headOf({ head, refs, unborn }: Advertised, { url }: CloneRequest): Target {
  const oid = refs.get('HEAD')?.oid
  if (oid === undefined) {
    const { host, pathname } = new URL(url)
    const named = unborn === null ? 'no branch' : `${unborn}, which does not exist`
    throw new GitHubNotFoundError(`HEAD of ${host}${pathname} names ${named}`, {
      hint: 'name the branch to clone',
    })
  }
  return head === null || !refs.has(head)
    ? { kind: 'commit', name: oid, short: oid, oid }
    : { kind: 'branch', name: head, short: head.slice(branchPrefix.length), oid }
}

const branchesOf = ({ refs }: Advertised) =>
  new Map([...refs].filter(([name]) => name.startsWith(branchPrefix)))

const everyBranch = '+refs/heads/*:refs/remotes/origin/*'

const refspecOfBranch = (short: string) => `+refs/heads/${short}:refs/remotes/origin/${short}`

/**
 * As `git clone --single-branch` sets it; for a commit, which a refspec can't name, every branch.
 */
function refspecOf({ kind, short }: Target): string {
  if (kind === 'branch') return refspecOfBranch(short)
  return kind === 'tag' ? `+refs/tags/${short}:refs/tags/${short}` : everyBranch
}

export interface CloneRequest {
  /** https or, on loopback, http; without credentials. */
  url: string
  /** Absent, or an empty folder. */
  dir: string
  /** A branch, a tag (both by short name) or a full commit id; default: the remote's HEAD. */
  ref?: string | undefined
  depth?: number | undefined
  /**
   * `one`: that branch with its tags, as a sync keeps it. `all`: every branch and tag, as `git
   * clone` does.
   */
  branches: 'one' | 'all'
  /** Whether a detached HEAD is a pin, which a later pull may move. */
  pin?: boolean | undefined
  /** Whether files of Git LFS get their content; default: yes. */
  lfs?: boolean | undefined
  /** Whether submodules get their files; default: their folders stay empty. */
  submodules?: boolean | undefined
  /** Whether the clone's own configuration says that no content is wanted. */
  excludesLfs?: boolean | undefined
}
