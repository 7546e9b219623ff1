import { dirname, join } from 'node:path'
import { GitHubError } from '../../../base/errors.js'
import { existsAt } from '../../../base/fs/read.js'
import { openSibling, removeLeftovers } from '../../../process/temp-beside.js'
import { BlockedError } from '../../errors.js'
import type { Git } from '../../git.js'
import { clearDeadLocks } from '../../plumbing/lock-file.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { peelToCommit } from '../../plumbing/objects/parse.js'
import { type ObjectStore, openObjectStore } from '../../plumbing/objects/store.js'
import { clearIncoming } from '../../plumbing/pack/incoming.js'
import type { Remote } from '../../plumbing/protocol/remote-refs.js'
import { readHead, resolveRef } from '../../plumbing/refs/read.js'
import { writeHead } from '../../plumbing/refs/update.js'
import { initRepository } from '../clone/init.js'
import { type ClonePlan, listForClone, planClone } from '../clone/plan.js'
import { take, writeRefs } from '../clone/take.js'
import { fetchModule, isPublished, takeCommit } from './module-fetch.js'
import { type ModulePlace, worktreeOf } from './place.js'

export interface ModuleRequest {
  place: ModulePlace
  /** As the configuration has it. */
  address: string
  /** Where it is fetched. */
  url: string
  oid: Oid
  isShallow: boolean
}

/**
 * Makes the git folder of a submodule, with HEAD at its commit; its work tree is not there yet. As
 * `git clone --no-checkout`: all branches and tags, or one commit if it is to be shallow. The
 * folder appears once it is whole.
 *
 * @returns the bytes received
 * @throws GitHubNotFoundError if there is no such repository, or it does not have the commit
 * @throws ConflictError if something is in the folder's place
 */
async function cloneModule(git: Git, request: ModuleRequest): Promise<number> {
  const { gitDir } = request.place
  const sibling = await openSibling(gitDir, 'clone', git.liveness)
  try {
    const bytes = await buildModule(git, sibling.dir, request)
    await sibling.publish()
    return bytes
  } finally {
    await sibling.discard()
  }
}

/**
 * The same for one whose git folder may be there, without a work tree: then its commit is fetched if
 * it is not there yet, and HEAD is detached at it.
 *
 * @throws BlockedError (`diverged`) if only HEAD knows its commit
 */
export async function bringModule(git: Git, request: ModuleRequest): Promise<number> {
  const { place, oid } = request
  const { gitDir } = place
  // What can't be removed does not stop anything.
  if (git.liveness) await removeLeftovers(dirname(gitDir), 'clone', git.liveness).catch(() => {})
  if (!(await existsAt(join(gitDir, 'HEAD')))) return cloneModule(git, request)
  await clearRemains(git, gitDir)
  const store = await openObjectStore(gitDir)
  try {
    const bytes = await fetchModule(git, { ...request, gitDir, store })
    const from = await resolveRef(gitDir, 'HEAD')
    if (from === oid && 'oid' in (await readHead(gitDir))) return bytes
    if (from !== null) await assertKept(place, store, from)
    const message = `checkout: moving from ${from ?? 'nothing'} to ${oid}`
    const { clock, liveness } = git
    await writeHead(gitDir, { oid }, { message, clock, liveness })
    return bytes
  } finally {
    await store.close()
  }
}

/** Removes what a killed fetch left, and its locks. */
export async function clearRemains({ liveness }: Git, gitDir: string): Promise<void> {
  if (liveness === undefined) return
  await clearIncoming(gitDir, liveness)
  await clearDeadLocks(gitDir, liveness)
}

async function assertKept(
  { gitDir, homeDir }: ModulePlace,
  store: ObjectStore,
  head: Oid,
): Promise<void> {
  const isDetached = 'oid' in (await readHead(gitDir))
  if (!isDetached || (await isPublished(gitDir, store, head))) return
  throw new BlockedError('diverged', 'it has commits of its own on a detached HEAD', {
    hint: `git --git-dir ${gitDir} --work-tree ${homeDir} branch NAME keeps them`,
  })
}

async function buildModule(
  git: Git,
  gitDir: string,
  { place, address, url, oid, isShallow }: ModuleRequest,
): Promise<number> {
  const depth = isShallow ? 1 : undefined
  const asked = { url, dir: gitDir, branches: isShallow ? 'one' : 'all' } as const
  const remote = await listForClone(git, asked)
  const plan = planClone(remote, asked)
  const { refspec, branch } = plan
  await initRepository({ gitDir, url: address, refspec, branch, worktree: worktreeOf(place) })
  const store = await openObjectStore(gitDir)
  try {
    const bytes = await takeBranches(git, remote, plan, { gitDir, store, depth, url })
    const late = await takeCommit(git, remote, { gitDir, store, oid })
    const message = `checkout: moving from ${branch ?? oid} to ${oid}`
    await writeHead(gitDir, { oid }, { message, clock: git.clock })
    return bytes + late
  } finally {
    await store.close()
  }
}

interface Taking {
  gitDir: string
  store: ObjectStore
  depth: number | undefined
}

async function takeBranches(
  git: Git,
  remote: Remote,
  plan: ClonePlan,
  { gitDir, store, depth, url }: Taking & { url: string },
): Promise<number> {
  if (plan.target === null) return 0
  const { bytes, tags } = await take(git, remote, plan, { gitDir, store, depth })
  const commit = await peelToCommit(store, plan.target.oid)
  if (commit === null) throw new GitHubError(`${plan.target.name} of ${url} leads to no commit`)
  const { clock } = git
  await writeRefs(gitDir, { plan, tags, remoteHead: remote.head, commit, url, clock })
  return bytes
}
