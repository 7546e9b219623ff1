import { GitHubError } from '../../../base/errors.js'
import type { Git } from '../../git.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { peelToCommit } from '../../plumbing/objects/parse.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import { connect } from '../../plumbing/protocol/connect.js'
import type { Remote } from '../../plumbing/protocol/remote-refs.js'
import { listLocalRefs } from '../../plumbing/refs/read.js'
import { readShallow } from '../../repository/shallow.js'
import type { FetchingRepository } from '../fetch/download.js'
import { fetchMissing, isFetched, localTips, moveRefs } from '../fetch/fetch.js'
import {
  branchPrefix,
  followed,
  makeTags,
  missingObjects,
  newTags,
  tagPrefix,
  tagsOf,
} from '../fetch/target.js'
import { isAncestor } from '../history/history.js'
import { notePin } from '../pin.js'

/**
 * Fetches a commit into a submodule's git folder, with the branches and tags of its remote. If it is
 * there already, no server is asked.
 *
 * @returns the bytes received
 */
export async function fetchModule(
  git: Git,
  { gitDir, store, url, oid }: { gitDir: string; store: ObjectStore; url: string; oid: Oid },
): Promise<number> {
  const repository = { gitDir, store, shallow: await readShallow(gitDir) }
  const tips = await localTips(repository)
  if (await isFetched(repository, oid, tips)) return 0
  const remote = await connect(git, url, [branchPrefix, tagPrefix])
  const isShallow = repository.shallow.size > 0
  const bytes = isShallow ? 0 : await fetchBranches(git, remote, repository, tips)
  return bytes + (await takeCommit(git, remote, { gitDir, store, oid }))
}

async function fetchBranches(
  git: Git,
  remote: Remote,
  repository: FetchingRepository,
  tips: Set<Oid>,
): Promise<number> {
  const { gitDir, store } = repository
  const branches = [...remote.refs].filter(([name]) => name.startsWith(branchPrefix))
  const wants = new Set<Oid>()
  for (const [, { oid }] of branches) if (!(await isFetched(repository, oid, tips))) wants.add(oid)
  const bytes = await fetchMissing(git, remote, repository, { wants: [...wants], tips })
  for (const [name, { oid }] of branches) {
    const target = { kind: 'branch', name, short: name.slice(branchPrefix.length), oid } as const
    await moveRefs(git, repository, target, new Map())
  }
  const tags = await followed(store, await newTags(gitDir, tagsOf(remote)))
  const late = await missingObjects(store, tags)
  const more = await fetchMissing(git, remote, repository, {
    wants: late,
    tips: [...tips, ...wants],
  })
  await makeTags(gitDir, tags, { liveness: git.liveness, clock: git.clock })
  return bytes + more
}

/**
 * The commit itself, where no branch or tag leads to it: as in git with the history that it has
 * beyond what is here, even in a shallow repository.
 */
export async function takeCommit(
  git: Git,
  remote: Remote,
  { gitDir, store, oid }: { gitDir: string; store: ObjectStore; oid: Oid },
): Promise<number> {
  let bytes = 0
  if (!(await store.has(oid))) {
    const repository = { gitDir, store, shallow: await readShallow(gitDir) }
    const tips = await localTips(repository)
    bytes = await fetchMissing(git, remote, repository, { wants: [oid], tips })
    // Without a ref that leads to it, it would be taken for somebody's work.
    await notePin(gitDir, oid, { clock: git.clock })
  }
  if ((await peelToCommit(store, oid)) !== oid) throw new GitHubError(`${oid} is not a commit`)
  return bytes
}

/** Whether a remote branch or a tag leads to a commit. */
export async function isPublished(gitDir: string, store: ObjectStore, commit: Oid) {
  for (const prefix of ['refs/remotes/', tagPrefix]) {
    for (const oid of (await listLocalRefs(gitDir, prefix)).values()) {
      const tip = await peelToCommit(store, oid)
      if (tip !== null && (await isAncestor(store, commit, tip))) return true
    }
  }
  return false
}
