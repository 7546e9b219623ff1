import { existsSync } from 'node:fs'
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
import { submoduleJournal } from '../worktree/move/journal-file.js'
import { fastForward, moveTo, moveTree } from '../worktree/move/move-tree.js'
import { recover } from '../worktree/move/recover.js'
import { isHeadAt, type MoveRequest } from '../worktree/move/repository.js'
import {
  bringIncoming,
  type Content,
  completeContent,
  openContent,
  withSubmodules,
} from './content.js'
import { fetchRepository } from './fetch/fetch.js'
import { isAncestor } from './history/history.js'
import { notePin } from './pin.js'
import type { UpdatedSubmodules } from './submodules/update.js'

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
  /** Whether submodules follow, and get their files; default: no. */
  submodules?: boolean | undefined
}

export interface PullResult {
  from: Oid | null
  to: Oid
  /** Received: of the pack, and of the content of Git LFS. */
  bytes: number
  /** The ref that keeps a diverged tip. */
  backup: string | null
  /**
   * How many files that lay there as pointers of Git LFS have their content now, and how many
   * submodules were moved or filled in.
   */
  filled: number
  warnings: Warning[]
  /** Whether any file may be of Git LFS. */
  usesLfs: boolean
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
    await finishUpdate(git, { dir, gitDir, store }, request)
    const local = requireRepository(await readLocal(dir), dir)
    const branch = requireBranch(local, request)
    const { oid, bytes } = await fetchRepository(git, { url: request.url, dir, ref: request.ref })
    await store.refresh()
    if (request.pinned) await notePin(gitDir, oid, { liveness, clock })
    const place = { dir, gitDir, store }
    const content = await openContent(git, place, oid, request)
    const moved = await bringTo(git, place, request, { local, branch, oid, content })
    const { filled, warnings, usesLfs } = await completeContent(git, place, content)
    const inside = moved.inside ?? (await completeInside(git, place, request, content, moved.to))
    return {
      to: moved.to,
      backup: moved.backup,
      from: local.head,
      bytes: bytes + (content.lfs?.came.bytes ?? 0) + inside.bytes,
      filled: filled + inside.changed,
      warnings: withSubmodules(warnings, inside),
      usesLfs,
    }
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

interface Brought {
  to: Oid
  backup: string | null
  /** What became of the submodules; null: nothing moved. */
  inside: UpdatedSubmodules | null
}

async function bringTo(
  git: Git,
  place: Place,
  request: PullRequest,
  { local, branch, oid, content }: Upstream,
): Promise<Brought> {
  const { dir, ref, pinned, onDiverged } = request
  const from = local.head
  if (from === oid) return { to: oid, backup: null, inside: null }
  const { signal, liveness, clock, env, onProgress } = git
  const known = { ...place, branch, from, to: oid, env, signal, liveness, clock, onProgress }
  if (from === null || (await isAncestor(place.store, from, oid))) {
    const move = { ...known, message: 'pull: Fast-forward' }
    const inside = await moveAll(git, request, content, move, () => fastForward(move))
    return { to: oid, backup: null, inside }
  }
  const ahead = !pinned && (await isAncestor(place.store, oid, from))
  // Local commits, and nothing new upstream: there is nothing to pull.
  if (ahead && !(await wasUpstream(place.gitDir, ref, from)))
    return { to: from, backup: null, inside: null }
  if (pinned) await assertSeenUpstream(place, from, dir)
  else if (onDiverged === 'block') {
    throw new BlockedError('diverged', `${dir}: ${ref} and its remote have diverged`, {
      hint: [
        { verb: ['REPO', 'RESET'] },
        " keeps the local commits under refs/wizard/backup and moves to the remote's",
      ],
    })
  }
  const backup = `refs/wizard/backup/${new Date(git.clock.now()).toISOString().replaceAll(/[-:.]/g, '')}`
  const move = { ...known, from, backup, message: `reset: moving to ${oid}` }
  const inside = await moveAll(git, request, content, move, () => moveTo(move))
  return { to: oid, backup, inside }
}

/** Moves the repository by `go`; its submodules go with it if they are wanted. */
async function moveAll(
  git: Git,
  request: PullRequest,
  content: Content,
  move: MoveRequest,
  go: () => Promise<unknown>,
): Promise<UpdatedSubmodules> {
  await bringIncoming(move, content)
  const { url, lfs } = request
  if (!wantsSubmodules(request, content)) {
    await go()
    return untouched
  }
  const { moveWithSubmodules } = await import('./submodules/update.js')
  const there = async () => void (await go())
  return moveWithSubmodules(git, { ...move, url, lfs }, { there, back: () => goBack(move) })
}

/** After a failure in a submodule. */
async function goBack(move: MoveRequest): Promise<void> {
  const { gitDir, branch, from, to } = move
  if (from === null || !(await isHeadAt(gitDir, branch, [to]))) return
  const message = `reset: moving to ${from}`
  await moveTree({ ...move, from: to, to: from, message, backup: undefined, signal: undefined })
}

/** Nothing is said of folders that stay empty: the commit's own warnings do. */
const untouched: UpdatedSubmodules = { bytes: 0, changed: 0, left: 1, pointers: 0 }

const wantsSubmodules = ({ submodules }: PullRequest, { warnings }: Content) =>
  submodules === true && warnings.includes('submodules')

async function completeInside(
  git: Git,
  place: Place,
  request: PullRequest,
  content: Content,
  to: Oid,
): Promise<UpdatedSubmodules> {
  if (!wantsSubmodules(request, content)) return untouched
  const { completeSubmodules } = await import('./submodules/update.js')
  const { url, lfs } = request
  return completeSubmodules(git, { ...place, to, url, lfs })
}

/** Whether submodules are wanted now or not: what was begun is finished. */
async function finishUpdate(git: Git, place: Place, { url, lfs }: PullRequest): Promise<void> {
  if (!existsSync(submoduleJournal(place.gitDir))) return
  const { finishSubmodules } = await import('./submodules/update.js')
  await finishSubmodules(git, { ...place, url, lfs })
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
