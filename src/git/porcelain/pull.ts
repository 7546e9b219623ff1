import { join } from 'node:path'
import { BlockedError } from '../errors.js'
import type { Git } from '../git.js'
import type { Oid } from '../plumbing/objects/object.js'
import { peel } from '../plumbing/objects/parse.js'
import { type ObjectStore, openObjectStore } from '../plumbing/objects/store.js'
import { listLocalRefs } from '../plumbing/refs/read.js'
import { reflogOids } from '../plumbing/refs/reflog.js'
import { type LocalRepository, readLocal } from '../repository/open.js'
import type { Warning } from '../repository/warnings.js'
import { fastForward, moveTo } from '../worktree/move/move-tree.js'
import { recover } from '../worktree/move/recover.js'
import { bringIncoming, type Content, completeContent, openContent } from './content.js'
import { fetchRepository } from './fetch/fetch.js'
import { isAncestor } from './history/history.js'
import { notePin } from './pin.js'

export interface PullRequest {
  url: string
  dir: string
  /** The branch to follow, or a pin: a tag or a full commit id. */
  ref: string
  /** Whether `ref` is a pin, so that HEAD is detached at it. */
  pinned: boolean
  onDiverged: 'block' | 'backup'
  /** Whether files of Git LFS get their content; default: yes. */
  lfs?: boolean | undefined
}

export interface PullResult {
  from: Oid | null
  to: Oid
  /** Received: of the pack, and of the content of Git LFS. */
  bytes: number
  /** The ref that keeps a diverged tip. */
  backup: string | null
  /** How many files that lay there as pointers of Git LFS have their content now. */
  filled: number
  warnings: Warning[]
}

interface Place {
  dir: string
  gitDir: string
  store: ObjectStore
}

/**
 * Brings a clone up to its remote, forward only: the branch, the index and the files that changed
 * upstream become the remote's, and everything else stays. First finishes what a killed run left
 * half-done.
 *
 * @throws BlockedError if local work is in conflict; nothing has changed then
 */
export async function pull(git: Git, request: PullRequest): Promise<PullResult> {
  const { dir } = request
  const gitDir = join(dir, '.git')
  const store = await openObjectStore(gitDir)
  try {
    const { liveness, signal, clock, env } = git
    // Before anything is changed: what git would not touch is not recovered either.
    requireRepository(await readLocal(dir), dir)
    await recover({ dir, gitDir, store, env, liveness, signal, clock })
    const local = requireRepository(await readLocal(dir), dir)
    const branch = requireBranch(local, request)
    const { oid, bytes } = await fetchRepository(git, { url: request.url, dir, ref: request.ref })
    await store.refresh()
    if (request.pinned) await notePin(gitDir, oid, { liveness, clock })
    const place = { dir, gitDir, store }
    const content = await openContent(git, place, oid, request)
    const moved = await bringTo(git, place, request, { local, branch, oid, content })
    const { filled, warnings } = await completeContent(git, place, content)
    const received = bytes + (content.lfs?.came.bytes ?? 0)
    return { ...moved, from: local.head, bytes: received, filled, warnings }
  } finally {
    await store.close()
  }
}

/** @throws BlockedError if it is not a repository that wizard can work on */
function requireRepository(
  local: Awaited<ReturnType<typeof readLocal>>,
  dir: string,
): LocalRepository {
  if (local.kind !== 'repository') {
    const what = local.kind === 'occupied' ? local.what : 'nothing'
    throw new BlockedError('not-a-repository', `${dir} is not a git repository but ${what}`)
  }
  if (local.unsupported !== null) {
    throw new BlockedError('unsupported', `${dir} has ${local.unsupported}`, {
      hint: 'pull it with git itself',
    })
  }
  return local
}

/** The branch to move; null for a detached HEAD. */
function requireBranch(local: LocalRepository, { dir, ref, pinned }: PullRequest): string | null {
  const wanted = pinned ? null : ref
  if (local.branch === wanted) return wanted
  const here = local.branch === null ? 'a detached HEAD' : `branch ${local.branch}`
  throw new BlockedError(
    'other-branch',
    `${dir} is on ${here}, not on ${pinned ? `the pin ${ref}` : ref}`,
    {
      hint: pinned ? `git -C ${dir} checkout ${ref}` : `git -C ${dir} switch ${ref}`,
    },
  )
}

interface Upstream {
  local: LocalRepository
  branch: string | null
  oid: Oid
  content: Content
}

async function bringTo(
  git: Git,
  place: Place,
  { dir, ref, pinned, onDiverged }: PullRequest,
  { local, branch, oid, content }: Upstream,
): Promise<{ to: Oid; backup: string | null }> {
  const from = local.head
  if (from === oid) return { to: oid, backup: null }
  const { signal, liveness, clock, env, onProgress } = git
  const move = { ...place, branch, from, to: oid, env, signal, liveness, clock, onProgress }
  if (from === null || (await isAncestor(place.store, from, oid))) {
    await bringIncoming(move, content)
    await fastForward({ ...move, message: 'pull: Fast-forward' })
    return { to: oid, backup: null }
  }
  const ahead = !pinned && (await isAncestor(place.store, oid, from))
  // Local commits, and nothing new upstream: there is nothing to pull.
  if (ahead && !(await wasUpstream(place.gitDir, ref, from))) return { to: from, backup: null }
  if (pinned) await assertSeenUpstream(place, from, dir)
  else if (onDiverged === 'block') {
    throw new BlockedError('diverged', `${dir}: ${ref} and its remote have diverged`, {
      hint: [
        { verb: ['REPO', 'RESET'] },
        " keeps the local commits under refs/wizard/backup and takes the remote's",
      ],
    })
  }
  const backup = `refs/wizard/backup/${new Date(git.clock.now()).toISOString().replaceAll(/[-:.]/g, '')}`
  await bringIncoming(move, content)
  await moveTo({ ...move, from, backup, message: `reset: moving to ${oid}` })
  return { to: oid, backup }
}

/**
 * Whether the remote branch once pointed to a commit. If it is behind that commit now, somebody has
 * force-pushed it back.
 */
export async function wasUpstream(gitDir: string, branch: string, commit: Oid): Promise<boolean> {
  return (await reflogOids(gitDir, `refs/remotes/origin/${branch}`)).has(commit)
}

/**
 * A pin that moves back or sideways leaves a commit behind; if no remote branch or tag holds that
 * commit, it is somebody's work.
 */
async function assertSeenUpstream(
  { store, gitDir }: Place,
  commit: Oid,
  dir: string,
): Promise<void> {
  for (const prefix of ['refs/tags/', 'refs/remotes/']) {
    for (const oid of (await listLocalRefs(gitDir, prefix)).values()) {
      if (!(await store.has(oid))) continue
      const tip = await peel(store, oid)
      if (tip.type === 'commit' && (await isAncestor(store, commit, tip.oid))) return
    }
  }
  throw new BlockedError('diverged', `${dir} has commits of its own on a detached HEAD`, {
    hint: `git -C ${dir} branch NAME keeps them`,
  })
}
