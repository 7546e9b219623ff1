import { join } from 'node:path'
import type { Emit } from '../base/call.js'
import { reportError } from '../base/error-report.js'
import { GitHubNotFoundError } from '../base/errors.js'
import { remoteUrl } from '../base/names/remote.js'
import { fullNameOf, isSameName } from '../base/names/repository.js'
import { assertInside } from '../config/locate/root.js'
import { BlockedError } from '../git/errors.js'
import type { Git } from '../git/git.js'
import { cloneRepository } from '../git/porcelain/clone/clone.js'
import { pull } from '../git/porcelain/pull.js'
import type { Log } from '../logs/log.js'
import { logMarks } from '../logs/marks.js'
import { formatSyncEntry } from './describe.js'
import { askGit, type RemoteHead } from './inspect.js'
import type { SyncStep } from './plan.js'
import { emptyEntry, type SyncEntry } from './report.js'
import type { RepoEvent } from './session.js'
import type { SyncState } from './state.js'

export interface StepSession {
  git: Git
  gitUrl: string
  /**
   * The folder that destinations must stay in; null for a path from the command line, which may be
   * anywhere.
   */
  root: string | null
  /** null: remembers nothing. */
  state: SyncState | null
  log: Log
  emit: Emit<RepoEvent>
}

/** The fields of a repository's final entry that a step sets, and what is remembered besides. */
type Result = Partial<SyncEntry> & { usesLfs?: boolean }

/** Carries out one step and returns its entry, which also reports any failure. */
export async function applyStep(session: StepSession, step: SyncStep): Promise<SyncEntry> {
  const begun = session.git.clock.now()
  const entry = beginEntry(step)
  if (step.action === 'clone' || step.action === 'pull') announce(session, step.action, entry)
  const { usesLfs, ...result } = await attempt(session, step)
  const done = { ...entry, ...result, duration_ms: session.git.clock.now() - begun }
  remember(session, step, {
    entry: done,
    isLookedAt: result.warnings !== undefined,
    usesLfs,
  })
  // A failure that stopped all repositories is reported once, not for each.
  if (!step.situation.refused) record(session, done)
  // Saved at once: a clone that is not remembered as wizard's could never be pruned.
  if (done.status === 'cloned') await session.state?.save()
  return done
}

export function beginEntry({ situation: { wanted, local, head } }: SyncStep): SyncEntry {
  const here = local.kind === 'repository' ? local.head : null
  const branch = head?.ref ?? wanted.branch ?? (local.kind === 'repository' ? local.branch : null)
  return { ...emptyEntry(wanted), branch, from: here, to: here }
}

function announce(
  { emit, log }: StepSession,
  action: 'clone' | 'pull',
  { repo, path }: SyncEntry,
): void {
  emit({ type: 'repository-started', repo, path, action })
  log.write('sync', 'INFO', `${action === 'clone' ? 'Cloning' : 'Pulling'} ${repo} → ${path}`)
}

async function attempt(session: StepSession, step: SyncStep): Promise<Result> {
  if (step.action === 'settle') {
    return { status: step.status, reason: step.reason, error: step.error }
  }
  try {
    session.git.signal?.throwIfAborted()
    if (session.root !== null) await assertInside(session.root, step.situation.wanted.path)
    if (step.action === 'clone') return await doClone(session, step)
    return step.action === 'pull' ? await doPull(session, step) : await complete(session, step)
  } catch (error) {
    const cause = session.git.signal?.aborted ? session.git.signal.reason : error
    if (cause instanceof BlockedError) {
      return { status: 'blocked', reason: cause.reason, error: reportError(cause) }
    }
    return { status: 'failed', error: reportError(cause) }
  }
}

async function doClone(session: StepSession, { situation: { wanted } }: SyncStep): Promise<Result> {
  const url = remoteUrl(session.gitUrl, wanted)
  const { oid, branch, bytes, warnings, usesLfs } = await cloneRepository(gitFor(session, wanted), {
    url,
    dir: wanted.path,
    ref: wanted.branch,
    depth: wanted.depth,
    branches: wanted.branches ?? 'one',
    // A pin of repos.yaml may move later.
    pin: wanted.group !== null,
    lfs: wanted.lfs,
    submodules: wanted.submodules,
    // repos.yaml may say otherwise later; nothing else remembers a flag.
    excludesLfs: wanted.lfs === false && wanted.group === null,
  })
  return {
    status: 'cloned',
    from: null,
    to: oid,
    branch: branch ?? wanted.branch ?? null,
    bytes,
    warnings,
    usesLfs,
  }
}

async function doPull(session: StepSession, step: SyncStep): Promise<Result> {
  const { situation } = step
  const { wanted, local, interrupted } = situation
  const url = remoteUrl(session.gitUrl, wanted)
  const git = gitFor(session, wanted)
  const head = situation.head ?? (await askGit(git, url, wanted))
  const here = local.kind === 'repository' ? local : null
  if (head.oid === null && here?.head === null) return { status: 'unchanged' }
  if (head.ref === null || head.oid === null) throw emptied(fullNameOf(wanted))
  if (!interrupted && here?.head === head.oid && here.branch === (head.pinned ? null : head.ref)) {
    return { branch: head.ref, to: head.oid, ...(await complete(session, step)) }
  }
  const result = await pull(git, {
    url,
    dir: wanted.path,
    ref: head.ref,
    pinned: head.pinned,
    onDiverged: wanted.onDiverged,
    lfs: wanted.lfs,
    submodules: wanted.submodules,
  })
  return {
    status: result.from === result.to && result.filled === 0 ? 'unchanged' : 'updated',
    branch: head.ref,
    from: result.from,
    to: result.to,
    bytes: result.bytes,
    warnings: result.warnings,
    usesLfs: result.usesLfs,
  }
}

async function complete(session: StepSession, { situation }: SyncStep): Promise<Result> {
  const { wanted } = situation
  const { path, lfs, submodules } = wanted
  const { completeClone } = await import('../git/porcelain/complete-clone.js')
  const url = remoteUrl(session.gitUrl, wanted)
  const done = await completeClone(gitFor(session, wanted), path, { url, lfs, submodules })
  if (done === null) return { status: 'unchanged' }
  const { filled, bytes, warnings, usesLfs } = done
  return { status: filled > 0 ? 'updated' : 'unchanged', bytes, warnings, usesLfs }
}

const emptied = (repo: string) =>
  new GitHubNotFoundError(`${repo} no longer has any commit, but its clone has`, {
    hint: 'nothing was changed here; look at the repository on GitHub',
  })

function gitFor(
  { git, emit, state }: StepSession,
  wanted: { owner: string; repo: string; path: string },
): Git {
  const repo = fullNameOf(wanted)
  return {
    ...git,
    peers: () => state?.clonesOf(wanted.owner).map((path) => join(path, '.git')) ?? [],
    onProgress: (progress) =>
      emit({ type: 'repository-progress', repo, path: wanted.path, progress }),
  }
}

interface Done {
  entry: SyncEntry
  /** Whether its warnings are those of now. */
  isLookedAt: boolean
  usesLfs: boolean | undefined
}

/** Gives an unchanged clone its remembered warnings, and records what the next run needs. */
function remember(
  { state, git }: StepSession,
  { situation }: SyncStep,
  { entry, isLookedAt, usesLfs }: Done,
): void {
  const { wanted, head, remembered, refused } = situation
  if (entry.status === 'unchanged' && !isLookedAt)
    entry.warnings = [...(remembered?.warnings ?? [])]
  addRenamed(entry, head)
  // If GitHub could not be asked, nothing was tried, so the entry stays due.
  if (entry.status === 'skipped' || refused) return
  const now = git.clock.now()
  const pulled =
    entry.status === 'cloned' || entry.status === 'updated' || entry.status === 'unchanged'
  state?.update(wanted.path, {
    repo: entry.repo,
    last_attempt: now,
    source: wanted.source,
    ...(head?.id != null && entry.status !== 'blocked' ? { id: head.id } : {}),
    ...(entry.status === 'cloned' ? { made: true } : {}),
    ...(pulled ? { last_pull: now, warnings: entry.warnings } : {}),
    ...(usesLfs === undefined ? {} : { uses_lfs: usesLfs }),
  })
}

function addRenamed(entry: SyncEntry, head: RemoteHead | null): void {
  const renamed = head?.fullName != null && !isSameName(head.fullName, entry.repo)
  entry.warnings = entry.warnings.filter((warning) => warning !== 'renamed')
  if (renamed) entry.warnings.push('renamed')
}

function record({ emit, log }: StepSession, entry: SyncEntry): void {
  emit({ type: 'repository-done', entry })
  if (entry.status === 'unchanged' || entry.status === 'skipped') return
  const level = entry.status === 'failed' || entry.status === 'blocked' ? 'ERROR' : 'INFO'
  log.write('sync', level, formatSyncEntry(entry, logMarks))
}
