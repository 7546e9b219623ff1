import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GitHubError } from '../../../base/errors.js'
import { describeFullDisk } from '../../../base/fs/system-error.js'
import type { Git } from '../../git.js'
import { clearDeadLocks } from '../../plumbing/lock-file.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { peelToCommit } from '../../plumbing/objects/parse.js'
import { openObjectStore } from '../../plumbing/objects/store.js'
import { clearIncoming } from '../../plumbing/pack/incoming.js'
import { connect } from '../../plumbing/protocol/connect.js'
import type { Remote } from '../../plumbing/protocol/remote-refs.js'
import { listLocalRefs, resolveRef } from '../../plumbing/refs/read.js'
import { updateRef } from '../../plumbing/refs/update.js'
import { readShallow } from '../../repository/shallow.js'
import { HistoryHaves } from '../history/haves.js'
import { isAncestor } from '../history/history.js'
import { downloadPack, type FetchingRepository, isConnected } from './download.js'
import {
  followed,
  makeTags,
  missingObjects,
  type NewTags,
  newTags,
  prefixesFor,
  type Target,
  tagPrefix,
  tagsOf,
  targetOf,
} from './target.js'

/** The refs whose history is announced to the server. */
const announcedPrefixes = ['refs/heads/', 'refs/remotes/']

/**
 * Fetches a branch, a tag or a commit of the remote, with its history and the tags on it. The
 * objects arrive first, complete and checked; then `refs/remotes/origin/BRANCH`, new tags and
 * FETCH_HEAD are written, and nothing else. If nothing is new, it takes one request.
 *
 * @throws GitHubNotFoundError if the remote does not have the ref or commit
 * @throws GitHubError if it sends an incomplete pack, or the ref does not lead to a commit
 * @throws GitHubAuthError, GitHubRateLimitError, GitHubNetworkError
 * @throws ConflictError if another process is moving the same refs
 * @throws WizardError if the disk is full
 */
export async function fetchRepository(git: Git, request: FetchRequest): Promise<FetchResult> {
  const gitDir = join(request.dir, '.git')
  if (git.liveness !== undefined) {
    await clearIncoming(gitDir, git.liveness)
    await clearDeadLocks(gitDir, git.liveness)
  }
  const store = await openObjectStore(gitDir)
  try {
    return await fetchInto(git, { gitDir, store, shallow: await readShallow(gitDir) }, request)
  } catch (error) {
    throw describeFullDisk(error, gitDir)
  } finally {
    await store.close()
  }
}

async function fetchInto(
  git: Git,
  repository: FetchingRepository,
  { url, ref, depth }: FetchRequest,
): Promise<FetchResult> {
  const { gitDir, store } = repository
  const remote = await connect(git, url, [...prefixesFor(ref), tagPrefix])
  const target = targetOf(remote, ref, url)
  const tags = await newTags(gitDir, tagsOf(remote))
  const tips = await localTips(repository)
  const wanted = (await isFetched(repository, target.oid, tips)) ? [] : [target.oid]
  const wants = [...wanted, ...(await missingObjects(store, await followed(store, tags)))]
  const cut = repository.shallow.size > 0 ? depth : undefined
  let bytes = await fetchMissing(git, remote, repository, { wants, tips, depth: cut })
  const follow = await followed(store, tags)
  // Most servers send the tag objects along (include-tag); the others need a second request.
  const late = await missingObjects(store, follow)
  bytes += await fetchMissing(git, remote, repository, { wants: late, tips: [...tips, ...wanted] })
  const oid = await peelToCommit(store, target.oid)
  if (oid === null) throw new GitHubError(`${target.name} of ${url} does not point to a commit`)
  await moveRefs(git, repository, target, follow)
  await writeFetchHead(gitDir, url, target, follow)
  return { oid, bytes }
}

interface Missing {
  wants: Oid[]
  tips: Iterable<Oid>
  depth?: number | undefined
}

/** Fetches objects; `tips` say what is here already. */
export async function fetchMissing(
  git: Git,
  remote: Remote,
  repository: FetchingRepository,
  { wants, tips, depth }: Missing,
): Promise<number> {
  if (wants.length === 0) return 0
  const haves = new HistoryHaves(repository.store)
  for (const tip of tips) {
    const commit = await peelToCommit(repository.store, tip)
    if (commit !== null) await haves.add(commit)
  }
  return downloadPack(git, remote, repository, { wants, haves, depth })
}

/**
 * The commits that local branches name and that exist here: after an interrupted fetch a ref does
 * not prove that.
 */
export async function localTips({ gitDir, store }: FetchingRepository): Promise<Set<Oid>> {
  const tips = new Set<Oid>()
  const head = await resolveRef(gitDir, 'HEAD')
  const named = head === null ? [] : [head]
  for (const prefix of announcedPrefixes)
    named.push(...(await listLocalRefs(gitDir, prefix)).values())
  for (const oid of named) {
    const commit = await peelToCommit(store, oid)
    if (commit !== null) tips.add(commit)
  }
  return tips
}

/** Whether a commit is here with all that it leads to. */
export async function isFetched(
  { store, shallow }: FetchingRepository,
  oid: Oid,
  tips: Set<Oid>,
): Promise<boolean> {
  const commit = await peelToCommit(store, oid)
  return commit !== null && (await isConnected(store, commit, tips, shallow))
}

/** Moves the remote-tracking branch, and makes new tags. */
export async function moveRefs(
  { liveness, clock }: Git,
  { gitDir, store }: FetchingRepository,
  { kind, short, oid }: Target,
  tags: NewTags,
): Promise<void> {
  if (kind === 'branch') {
    const tracking = `refs/remotes/origin/${short}`
    const from = await resolveRef(gitDir, tracking)
    const isForward = from !== null && (await isAncestor(store, from, oid))
    const how = from === null ? 'storing head' : isForward ? 'fast-forward' : 'forced-update'
    const message = `fetch: ${how}`
    await updateRef(gitDir, tracking, oid, { expected: from, message, liveness, clock })
  }
  await makeTags(gitDir, tags, { liveness, clock })
}

export interface FetchRequest {
  url: string
  dir: string
  /** A branch, a tag or a full commit id. */
  ref: string
  /** At most this many commits deep, if the repository is already shallow. */
  depth?: number | undefined
}

export interface FetchResult {
  /** The commit that `ref` leads to on the remote; it is now here with its history. */
  oid: Oid
  bytes: number
}

/** Records what was fetched, for `git merge FETCH_HEAD` and the like. */
export async function writeFetchHead(
  gitDir: string,
  url: string,
  target: Target,
  followed: NewTags,
): Promise<void> {
  const from = url.replace(/\/+$/, '').replace(/\.git$/, '')
  const lines = [line(target.oid, '', describe(target), from)]
  for (const [name, { oid }] of followed) {
    if (name === target.name) continue
    lines.push(line(oid, 'not-for-merge', `tag '${name.slice(tagPrefix.length)}'`, from))
  }
  await writeFile(join(gitDir, 'FETCH_HEAD'), lines.join(''))
}

const line = (oid: Oid, use: string, what: string, from: string) =>
  `${oid}\t${use}\t${what} of ${from}\n`

const describe = ({ kind, short }: Target) =>
  kind === 'commit' ? `'${short}'` : `${kind} '${short}'`
