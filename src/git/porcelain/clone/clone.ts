import { lstat, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ConflictError, GitHubError } from '../../../base/errors.js'
import { hasCode } from '../../../base/fs/read.js'
import { describeFullDisk, describePlace } from '../../../base/fs/system-error.js'
import type { Liveness } from '../../../process/owner-mark.js'
import {
  openSibling,
  removeLeftovers as removeSiblings,
  type Sibling,
} from '../../../process/temp-beside.js'
import { BlockedError } from '../../errors.js'
import type { Git } from '../../git.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { peelToCommit } from '../../plumbing/objects/parse.js'
import { openObjectStore } from '../../plumbing/objects/store.js'
import type { Remote } from '../../plumbing/protocol/remote-refs.js'
import type { Warning } from '../../repository/warnings.js'
import { checkoutContent, withLfs, withSubmodules } from '../content.js'
import { notePin } from '../pin.js'
import { initRepository } from './init.js'
import { type ClonePlan, type CloneRequest, listForClone, planClone } from './plan.js'
import { take, writeRefs } from './take.js'

/**
 * Clones a repository. Builds it out of sight beside its destination and renames it when it is
 * complete, so that the destination is always either absent (or an empty folder) or complete.
 *
 * @throws BlockedError (`not-a-repository`) if something is at the destination
 * @throws GitHubNotFoundError if there is no such repository, ref or commit
 * @throws PathError for an unsafe entry of its tree, or a destination that can't be written to
 * @throws GitHubAuthError, GitHubRateLimitError, GitHubNetworkError, GitHubError, also for content of
 *   Git LFS
 * @throws WizardError if the disk is full
 */
export async function cloneRepository(git: Git, request: CloneRequest): Promise<CloneResult> {
  const destination = resolve(request.dir)
  await assertEmptyOrAbsent(destination)
  const remote = await listForClone(git, request)
  const plan = planClone(remote, request)
  try {
    return await buildBeside(git, remote, plan, { ...request, dir: destination })
  } catch (error) {
    throw describeFullDisk(error, destination)
  }
}

async function buildBeside(
  git: Git,
  remote: Remote,
  plan: ClonePlan,
  request: CloneRequest,
): Promise<CloneResult> {
  const sibling = await openSibling(request.dir, 'clone', git.liveness).catch((error: unknown) => {
    throw describePlace(error, request.dir)
  })
  try {
    const result = await build(git, remote, plan, { ...request, dir: sibling.dir })
    git.signal?.throwIfAborted()
    await publish(sibling)
    return result
  } finally {
    await sibling.discard()
  }
}

/** @throws BlockedError if something has appeared at the destination since */
async function publish(sibling: Sibling): Promise<void> {
  try {
    await sibling.publish()
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error
    const { message, remedy: hint, cause } = error
    throw new BlockedError('not-a-repository', message, { hint, cause })
  }
}

/** Removes unfinished clones of killed processes. */
export const removeDeadClones = (parent: string, liveness: Liveness): Promise<void> =>
  removeSiblings(parent, 'clone', liveness)

/** @throws BlockedError */
async function assertEmptyOrAbsent(dir: string): Promise<void> {
  const stat = await lstat(dir).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  })
  if (stat === null || (stat.isDirectory() && (await readdir(dir)).length === 0)) return
  const what = stat.isDirectory() ? 'a folder that is not empty' : 'something that is not a folder'
  throw new BlockedError('not-a-repository', `${dir} is ${what}`, {
    hint: 'move it away, or choose another destination',
  })
}

async function build(
  git: Git,
  remote: Remote,
  plan: ClonePlan,
  { dir, url, depth, pin, lfs, excludesLfs, submodules }: CloneRequest,
): Promise<CloneResult> {
  const gitDir = join(dir, '.git')
  await initRepository({ gitDir, url, refspec: plan.refspec, branch: plan.branch, excludesLfs })
  const { target, branch } = plan
  if (target === null) return { oid: null, branch, bytes: 0, warnings: [], usesLfs: false }
  const store = await openObjectStore(gitDir)
  try {
    const { bytes, tags } = await take(git, remote, plan, { gitDir, store, depth })
    const commit = await peelToCommit(store, target.oid)
    if (commit === null)
      throw new GitHubError(`${target.name} of ${url} does not point to a commit`)
    const { clock } = git
    await writeRefs(gitDir, { plan, tags, remoteHead: remote.head, commit, url, clock })
    if (pin && branch === null) await notePin(gitDir, commit, { clock })
    const content = await checkoutContent(git, { dir, gitDir, store }, commit, { url, lfs })
    const came = content.lfs?.came ?? { bytes: 0, left: 0, isForeign: false }
    const warnings = withLfs(content.warnings, came)
    const usesLfs = content.lfs !== null
    const known = { oid: commit, branch, bytes: bytes + came.bytes, warnings, usesLfs }
    if (!submodules || !warnings.includes('submodules')) return known
    const { fillSubmodules } = await import('../submodules/fill.js')
    const place = { dir, gitDir, homeDir: dir }
    const filled = await fillSubmodules(git, { place, store, commit, url, lfs, depth: 0 })
    return {
      ...known,
      bytes: known.bytes + filled.bytes,
      warnings: withSubmodules(warnings, filled),
    }
  } finally {
    await store.close()
  }
}

export interface CloneResult {
  /** null in an empty repository. */
  oid: Oid | null
  /** The short name of the branch checked out; null if detached (tag or commit). */
  branch: string | null
  /** Bytes received: of the pack, and of the content of Git LFS. */
  bytes: number
  warnings: Warning[]
  /** Whether any file may be of Git LFS. */
  usesLfs: boolean
}
