import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Oid } from '../../plumbing/objects/object.js'
import type { RemoteRef } from '../../plumbing/protocol/remote-refs.js'
import { formatPackedRefs } from '../../plumbing/refs/packed-refs.js'
import { appendReflog } from '../../plumbing/refs/reflog.js'
import { updateRef, writeHead, writeSymbolicRef } from '../../plumbing/refs/update.js'
import type { NewTags } from '../fetch/tags.js'
import { branchPrefix } from '../fetch/target.js'
import type { ClonePlan } from './plan.js'

const remotePrefix = 'refs/remotes/origin/'

export interface CloneRefs {
  plan: ClonePlan
  tags: NewTags
  /** The remote's own HEAD, by full name. */
  remoteHead: string | null
  /** The commit that will be checked out. */
  commit: Oid
  url: string
}

/** All refs of a clone, as `git clone` leaves them: the remote's packed, our own loose and with a reflog. */
export async function writeRefs(gitDir: string, refs: CloneRefs): Promise<void> {
  const { plan, tags, remoteHead, commit, url } = refs
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
    await appendReflog(gitDir, name, { from: null, to: oid, message })
  }
  if (plan.branch === null) await writeHead(gitDir, { oid: commit }, { message })
  else await updateRef(gitDir, branchPrefix + plan.branch, commit, { expected: null, message })
}
