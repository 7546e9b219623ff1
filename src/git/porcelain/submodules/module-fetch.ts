import { GitHubError } from '../../../base/errors.js'
import { BlockedError } from '../../errors.js'
import type { Git } from '../../git.js'
import { readGitConfig } from '../../plumbing/config/config-file.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { peelToCommit } from '../../plumbing/objects/parse.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import { connect } from '../../plumbing/protocol/connect.js'
import type { Remote } from '../../plumbing/protocol/remote-refs.js'
import { listLocalRefs, resolveRef } from '../../plumbing/refs/read.js'
import { readShallow } from '../../repository/shallow.js'
import type { FetchingRepository } from '../fetch/download.js'
import { fetchMissing, isFetched, localTips, moveRefs } from '../fetch/fetch.js'
import {
  branchPrefix,
  followed,
  makeTags,
  missingObjects,
  newTags,
  type Target,
  tagPrefix,
  tagsOf,
} from '../fetch/target.js'
import { isAncestor, isRelated } from '../history/history.js'
import { notePin } from '../pin.js'

export interface FetchedModule {
  gitDir: string
  store: ObjectStore
  /** As the configuration has it. */
  address: string
  /** Where it is fetched. */
  url: string
  oid: Oid
}

/**
 * Fetches a commit into a submodule's git folder, with the branches and tags of its remote. If it is
 * there already, no server is asked. No ref moves before all objects are there.
 *
 * @returns the bytes received
 * @throws BlockedError (`diverged`) if it is of another repository than the one that is there
 */
export async function fetchModule(git: Git, module: FetchedModule): Promise<number> {
  const { gitDir, store, url, oid } = module
  const repository = { gitDir, store, shallow: await readShallow(gitDir) }
  const tips = await localTips(repository)
  if (await isFetched(repository, oid, tips)) {
    await assertSameHistory(module)
    return 0
  }
  const remote = await connect(git, url, [branchPrefix, tagPrefix])
  const branches = repository.shallow.size > 0 ? [] : branchesOf(remote)
  const missing: Oid[] = []
  for (const branch of branches) {
    if (!(await isFetched(repository, branch.oid, tips))) missing.push(branch.oid)
  }
  const bytes = await fetchMissing(git, remote, repository, { wants: missing, tips })
  const known = new Set([...tips, ...missing])
  const late = await fetchCommit(git, remote, repository, { oid, tips: known })
  await assertSameHistory(module)
  for (const branch of branches) await moveRefs(git, repository, branch, new Map())
  if (late !== null) await notePin(gitDir, oid, { clock: git.clock })
  const ofTags = branches.length > 0 ? await fetchTags(git, remote, repository, known) : 0
  return bytes + (late ?? 0) + ofTags
}

const branchesOf = ({ refs }: Remote): Target[] =>
  [...refs]
    .filter(([name]) => name.startsWith(branchPrefix))
    .map(([name, ref]) => ({
      kind: 'branch',
      name,
      short: name.slice(branchPrefix.length),
      ...ref,
    }))

async function fetchTags(
  git: Git,
  remote: Remote,
  repository: FetchingRepository,
  tips: Set<Oid>,
): Promise<number> {
  const { gitDir, store } = repository
  const tags = await followed(store, await newTags(gitDir, tagsOf(remote)))
  const wants = await missingObjects(store, tags)
  const bytes = await fetchMissing(git, remote, repository, { wants, tips })
  await makeTags(gitDir, tags, { liveness: git.liveness, clock: git.clock })
  return bytes
}

/**
 * Two repositories are not to be mixed in one git folder. git asks for `git submodule sync` before it
 * fetches from a new address.
 */
async function assertSameHistory({ gitDir, store, address, oid }: FetchedModule): Promise<void> {
  if (readGitConfig(gitDir).get('remote.origin.url') === address) return
  const head = await resolveRef(gitDir, 'HEAD')
  if (head === null || (await isRelated(store, head, oid))) return
  throw new BlockedError('diverged', 'it is now another repository, without common history', {
    hint: `if you need nothing of the old one, remove its work tree and ${gitDir}, and run the command again`,
  })
}

/**
 * The commit itself, where no branch or tag leads to it: as in git with the history that it has
 * beyond what is here, even in a shallow repository.
 */
export async function takeCommit(
  git: Git,
  remote: Remote,
  { gitDir, store, oid }: Pick<FetchedModule, 'gitDir' | 'store' | 'oid'>,
): Promise<number> {
  const repository = { gitDir, store, shallow: await readShallow(gitDir) }
  const tips = await localTips(repository)
  const bytes = await fetchCommit(git, remote, repository, { oid, tips })
  // Without a ref that leads to it, it would be taken for somebody's work.
  if (bytes !== null) await notePin(gitDir, oid, { clock: git.clock })
  return bytes ?? 0
}

/** @returns null if the commit is there */
async function fetchCommit(
  git: Git,
  remote: Remote,
  repository: FetchingRepository,
  { oid, tips }: { oid: Oid; tips: Set<Oid> },
): Promise<number | null> {
  const { store } = repository
  const isMissing = !(await store.has(oid))
  const bytes = isMissing ? await fetchMissing(git, remote, repository, { wants: [oid], tips }) : 0
  if ((await peelToCommit(store, oid)) !== oid) throw new GitHubError(`${oid} is not a commit`)
  return isMissing ? bytes : null
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
