import { type ErrorReport, reportError } from '../base/error-report.js'
import { isOid } from '../base/names/ref.js'
import { isRemoteOf } from '../base/names/remote.js'
import { BlockedError, type BlockReason } from '../git/errors.js'
import type { Warning } from '../git/repository/warnings.js'
import type { Situation } from './inspect.js'
import type { SkipReason, SyncStatus } from './report.js'
import { dueAt, type IsDue } from './schedule/due.js'

export type SyncMode = 'clone' | 'pull' | 'sync' | 'reset'

/** The step for one repository. */
export type SyncStep =
  | { action: 'clone'; situation: Situation }
  | { action: 'pull'; situation: Situation }
  /** It is in step, and may lack content of Git LFS or submodules. */
  | { action: 'complete'; situation: Situation }
  | {
      action: 'settle'
      situation: Situation
      status: Extract<SyncStatus, 'unchanged' | 'skipped' | 'blocked' | 'failed'>
      reason: SkipReason | BlockReason | null
      error: ErrorReport | null
    }

export interface PlanOptions {
  mode: SyncMode
  gitUrl: string
  /** Only repositories whose schedule fell due. */
  due: boolean
  /** Whether targets were named: then `auto_pull: false` does not exclude a repository. */
  named: boolean
  /** Milliseconds since 1970. */
  now: number
}

/** Decides the steps of a run; reads and writes nothing. */
export function planSync(options: PlanOptions, situations: Situation[]): SyncStep[] {
  const rules = { ...options, isDue: dueAt(options.now) }
  return situations.map((situation) => planOne(rules, situation))
}

/** Decides, before anything is read, whether a repository with a clone is skipped. */
export function leftAlone(options: PlanOptions) {
  const rules = { ...options, isDue: dueAt(options.now) }
  return (one: Pick<Situation, 'wanted' | 'remembered'>): boolean =>
    reasonToSkip(rules, one, true) !== null
}

type Rules = PlanOptions & { isDue: IsDue }

function planOne(options: Rules, situation: Situation): SyncStep {
  const { local, refused } = situation
  const skip = reasonToSkip(options, situation, local.kind !== 'absent' && local.kind !== 'empty')
  if (skip !== null) return settle(situation, 'skipped', skip)
  if (local.kind === 'unreadable') return settle(situation, 'failed', null, local.error)
  if (local.kind === 'absent' || local.kind === 'empty') {
    if (options.mode === 'pull' || options.mode === 'reset')
      return settle(situation, 'skipped', 'missing')
    return refused ? settle(situation, 'failed', null, refused) : { action: 'clone', situation }
  }
  const obstacle = obstacleTo(options.gitUrl, situation)
  if (obstacle) return settle(situation, 'blocked', obstacle.reason, reportError(obstacle))
  if (options.mode === 'clone') return settle(situation, 'unchanged', null)
  if (isInStep(situation)) {
    return mayLackContent(situation) && !refused
      ? { action: 'complete', situation }
      : settle(situation, 'unchanged', null)
  }
  if (refused) return settle(situation, 'failed', null, refused)
  const elsewhere = otherBranch(situation)
  if (elsewhere) return settle(situation, 'blocked', elsewhere.reason, reportError(elsewhere))
  return { action: 'pull', situation }
}

const settle = (
  situation: Situation,
  status: Extract<SyncStep, { action: 'settle' }>['status'],
  reason: SkipReason | BlockReason | null,
  error: ErrorReport | null = null,
): SyncStep => ({ action: 'settle', situation, status, reason, error })

function reasonToSkip(
  { mode, due, named, isDue }: Rules,
  { wanted, remembered }: Pick<Situation, 'wanted' | 'remembered'>,
  isThere: boolean,
): SkipReason | null {
  if (wanted.skip) return wanted.skip
  if (mode !== 'clone' && !named && !wanted.autoPull) return 'no-auto-pull'
  if (!due || !isThere) return null
  if (wanted.pullSchedule === undefined) return 'not-due'
  return isDue(wanted.pullSchedule, remembered?.last_attempt ?? null) ? null : 'not-due'
}

/** Why a clone must not be touched, whatever the remote says. */
export function obstacleTo(gitUrl: string, situation: Situation): BlockedError | null {
  const { wanted, local, head, remembered } = situation
  const { owner, repo, path } = wanted
  if (local.kind === 'occupied') {
    return new BlockedError('not-a-repository', `${path} is ${local.what}`, {
      hint: 'move it away, or choose another destination',
    })
  }
  if (local.kind !== 'repository') return null
  if (local.unsupported !== null) {
    return new BlockedError('unsupported', `${path} has ${local.unsupported}`, {
      hint: 'pull it with git itself',
    })
  }
  if (local.origin === null) {
    return new BlockedError('wrong-remote', `no remote: ${path} has no origin`, {
      hint: `if it is ${owner}/${repo}: git remote add origin, in that folder; otherwise move it away`,
    })
  }
  if (!isRemoteOf(local.origin, gitUrl, wanted)) {
    return new BlockedError(
      'wrong-remote',
      `${path} is a clone of ${withoutLogin(local.origin)}, not of ${owner}/${repo}`,
      {
        hint: 'move it away, or choose another destination',
      },
    )
  }
  if (head?.id != null && remembered?.id != null && head.id !== remembered.id) {
    return new BlockedError(
      'wrong-remote',
      `${owner}/${repo} is now a different repository from the one that was cloned`,
      {
        hint: 'the old one was renamed or deleted, and its name reused; correct repos.yaml',
      },
    )
  }
  return null
}

/** An address may hold a password, its own or that of the user's `insteadOf`. */
const withoutLogin = (origin: string) => origin.replace(/\/\/[^@/]*@/, '//')

/** Whether the git server need not be asked. */
function isInStep({ wanted, local, interrupted, pin, head }: Situation): boolean {
  if (local.kind !== 'repository' || interrupted) return false
  if (pin !== null) return local.branch === null && local.head === pin
  if (head === null || isOid(wanted.branch) || head.oid !== local.head) return false
  return head.oid === null || head.ref === local.branch
}

/**
 * Whether files of Git LFS may lie in a clone as pointers, which somebody else may have put there, or
 * folders of submodules be empty: its last sync left some, or it is not known yet.
 */
function mayLackContent({ wanted, remembered }: Situation): boolean {
  const told = (warning: Warning) =>
    remembered?.last_pull == null || remembered.warnings.includes(warning)
  return (
    (wanted.lfs !== false && (remembered?.uses_lfs !== false || told('lfs'))) ||
    (wanted.submodules === true && told('submodules'))
  )
}

/** The followed branch, if known, is not HEAD's branch. */
export function otherBranch({ wanted, local, head, pin }: Situation): BlockedError | null {
  if (local.kind !== 'repository' || pin !== null || head === null || head.ref === null) return null
  if (head.pinned || local.branch === head.ref) return null
  const here = local.branch === null ? 'a detached HEAD' : `branch ${local.branch}`
  return new BlockedError('other-branch', `${wanted.path} is on ${here}, not on ${head.ref}`, {
    hint: `git -C ${wanted.path} switch ${head.ref}${local.branch === null ? '' : `, or set branch: ${local.branch}`}`,
  })
}
