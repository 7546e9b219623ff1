import { dirname, join } from 'node:path'
import { GitHubError } from '../../../base/errors.js'
import { existsAt } from '../../../base/fs/read.js'
import { openSibling, removeLeftovers } from '../../../process/temp-beside.js'
import type { Git } from '../../git.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { peelToCommit } from '../../plumbing/objects/parse.js'
import { type ObjectStore, openObjectStore } from '../../plumbing/objects/store.js'
import type { Remote } from '../../plumbing/protocol/remote-refs.js'
import { writeHead } from '../../plumbing/refs/update.js'
import { readShallow } from '../../repository/shallow.js'
import { initRepository } from '../clone/init.js'
import { type ClonePlan, listForClone, planClone } from '../clone/plan.js'
import { take, writeRefs } from '../clone/take.js'
import { downloadPack } from '../fetch/download.js'
import { HistoryHaves } from '../history/haves.js'
import { notePin } from '../pin.js'
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
  // What can't be removed does not stop a clone.
  if (git.liveness) await removeLeftovers(dirname(gitDir), 'clone', git.liveness).catch(() => {})
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
 * The same for one whose git folder may be there: then only its commit is fetched, if it is not
 * there yet, and HEAD is detached at it.
 */
export async function bringModule(git: Git, request: ModuleRequest): Promise<number> {
  const { gitDir } = request.place
  if (!(await existsAt(join(gitDir, 'HEAD')))) return cloneModule(git, request)
  return 0
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
    const late = await takeCommit(git, remote, { gitDir, store, oid, depth })
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

/** The commit itself, where no branch or tag leads to it. */
export async function takeCommit(
  git: Git,
  remote: Remote,
  { gitDir, store, oid, depth }: Taking & { oid: Oid },
): Promise<number> {
  let bytes = 0
  if (!(await store.has(oid))) {
    const haves = new HistoryHaves(store)
    for (const tip of remote.refs.values()) {
      const commit = (await store.has(tip.oid)) ? await peelToCommit(store, tip.oid) : null
      if (commit !== null) await haves.add(commit)
    }
    const repository = { gitDir, store, shallow: await readShallow(gitDir) }
    bytes = await downloadPack(git, remote, repository, { wants: [oid], haves, depth })
    // Without a ref that leads to it, it would be taken for somebody's work.
    await notePin(gitDir, oid, { clock: git.clock })
  }
  if ((await peelToCommit(store, oid)) !== oid) throw new GitHubError(`${oid} is not a commit`)
  return bytes
}
