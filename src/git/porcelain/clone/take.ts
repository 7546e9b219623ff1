import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../base/clock.js'
import type { Git } from '../../git.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { peelToCommit } from '../../plumbing/objects/parse.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import type { Remote, RemoteRef } from '../../plumbing/protocol/remote-refs.js'
import { formatPackedRefs } from '../../plumbing/refs/packed-refs.js'
import { appendReflog } from '../../plumbing/refs/reflog.js'
import { updateRef, writeHead, writeSymbolicRef } from '../../plumbing/refs/update.js'
import { downloadPack, type FetchingRepository } from '../fetch/download.js'
import { branchPrefix, followed, missingObjects, type NewTags, tagsOf } from '../fetch/target.js'
import { HistoryHaves } from '../history/haves.js'
import type { ClonePlan } from './plan.js'

/**
 * Fetches the objects; for a single branch also its tags, whose objects most servers send along.
 */
export async function take(
  git: Git,
  remote: Remote,
  plan: ClonePlan,
  { gitDir, store, depth }: { gitDir: string; store: ObjectStore; depth: number | undefined },
): Promise<{ bytes: number; tags: NewTags }> {
  const repository: FetchingRepository = { gitDir, store, shallow: new Set<Oid>() }
  const haves = new HistoryHaves(store)
  let bytes = await downloadPack(git, remote, repository, { wants: plan.wants, haves, depth })
  const tags = await followed(store, tagsOf(remote))
  const late = await missingObjects(store, tags)
  if (late.length > 0) {
    const commit = plan.target && (await peelToCommit(store, plan.target.oid))
    if (commit !== null) await haves.add(commit)
    bytes += await downloadPack(git, remote, repository, { wants: late, haves })
  }
  return { bytes, tags }
}

const remotePrefix = 'refs/remotes/origin/'

export interface CloneRefs {
  plan: ClonePlan
  tags: NewTags
  /** The full name that the remote's HEAD points to. */
  remoteHead: string | null
  /** The commit to check out. */
  commit: Oid
  url: string
  /** For the dates in reflogs. */
  clock: Clock
}

/**
 * Writes all refs of a clone, as `git clone` does: the remote's packed, our own loose and with a
 * reflog.
 */
export async function writeRefs(gitDir: string, refs: CloneRefs): Promise<void> {
  const { plan, tags, remoteHead, commit, url, clock } = refs
  const message = `clone: from ${url}`
  const tracking = [...plan.branches].map(([name, ref]): [string, RemoteRef] => [
    remotePrefix + name.slice(branchPrefix.length),
    { oid: ref.oid },
  ])
  await writeFile(join(gitDir, 'packed-refs'), formatPackedRefs([...tracking, ...tags]))
  if (remoteHead !== null && plan.branches.has(remoteHead)) {
    const name = `${remotePrefix}HEAD`
    await writeSymbolicRef(gitDir, name, remotePrefix + remoteHead.slice(branchPrefix.length))
    const oid = plan.branches.get(remoteHead)?.oid ?? commit
    await appendReflog(gitDir, name, { from: null, to: oid, message }, clock)
  }
  if (plan.branch === null) return writeHead(gitDir, { oid: commit }, { message, clock })
  await updateRef(gitDir, branchPrefix + plan.branch, commit, { expected: null, message, clock })
}
