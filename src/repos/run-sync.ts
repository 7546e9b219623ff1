import { dirname } from 'node:path'
import pLimit from 'p-limit'
import { reportError } from '../base/error-report.js'
import { remoteUrl } from '../base/names/remote.js'
import type { Git } from '../git/git.js'
import { removeDeadClones } from '../git/porcelain/clone/clone.js'
import { logMarks } from '../logs/marks.js'
import { livenessFor } from '../process/identity.js'
import { applyStep, beginEntry } from './apply-step.js'
import { formatSyncReport } from './describe.js'
import { askGit, inspectRepositories } from './inspect.js'
import { leftAlone, planSync, type SyncMode, type SyncStep } from './plan.js'
import { reportOf, type SyncEntry, type SyncReport } from './report.js'
import { listedWhenDue } from './schedule/due.js'
import { gitOf, openState, type RepoSession, underLock } from './session.js'
import type { SyncState } from './state.js'
import { type Lister, onGitHub } from './targets/expand.js'
import { resolveTargets, type Shard } from './targets/resolve.js'
import { namesAll } from './targets/select.js'

export interface SyncOptions {
  /** Repositories, groups or components; none: all. */
  targets?: string[] | undefined
  /** Repositories at a time; default: github.yaml's. */
  concurrency?: number | undefined
  /** Only plans. */
  dryRun?: boolean | undefined
  /** Only those whose `pull_schedule` fell due since their last attempt. */
  due?: boolean | undefined
  shard?: Shard | undefined
  /** Whether submodules follow, whatever repos.yaml says; default: as it says. */
  submodules?: boolean | undefined
  /** Milliseconds to wait for another wizard in the same root. */
  lockWait?: number | undefined
  /** Resolves `from:` entries; default: asks GitHub. @internal */
  list?: Lister | undefined
}

/**
 * Clones, pulls or both: everything that repos.yaml names, or the targets. The report contains the
 * failures of single repositories; the others continue.
 *
 * @throws NotFoundError for a target that matches nothing, ConfigError, LockedError
 */
export async function runSync(
  session: RepoSession,
  mode: SyncMode,
  options: SyncOptions = {},
): Promise<SyncReport> {
  if (options.dryRun) return collect(session, mode, options, await openState(session))
  return underLock(session, `REPO ${mode.toUpperCase()}`, options.lockWait, async (state) => {
    const report = await collect(session, mode, options, state)
    session.log.write('sync', report.failed > 0 ? 'ERROR' : 'INFO', formatSyncReport(mode, report))
    return report
  })
}

async function collect(
  session: RepoSession,
  mode: SyncMode,
  options: SyncOptions,
  state: SyncState,
): Promise<SyncReport> {
  const { client, clock, emit, config } = session
  const begun = clock.now()
  const sent = client.requests
  const list = options.list ?? onGitHub(client)
  const { chosen, elsewhere, failures } = await resolveTargets(session, {
    ...options,
    list: options.due ? listedWhenDue(list, state, begun) : list,
  })
  const asked = chosen.map((one) => ({
    ...one,
    ...(mode === 'reset' && { onDiverged: 'backup' as const }),
    ...(options.submodules && { submodules: true }),
  }))
  const rules = {
    mode,
    gitUrl: client.gitUrl,
    due: options.due ?? false,
    named: !namesAll(options.targets ?? []),
    now: begun,
  }
  const situations = await inspectRepositories(session, state, asked, {
    leaveAlone: rules.due ? leftAlone(rules) : undefined,
  })
  const refused = situations.find((one) => one.refused)?.refused
  if (refused && !options.dryRun)
    session.log.write('sync', 'ERROR', `${logMarks.bad} ${refused.message}`)
  const steps = planSync(rules, situations)
  emit({ type: 'sync-planned', total: steps.length })
  const git = await gitOf(session)
  const inspected = situations.filter(({ local }) => local.kind !== 'unread')
  if (!options.dryRun) {
    await removeOldLeftovers(
      session,
      inspected.map(({ wanted }) => wanted.path),
    )
  }
  const work = { git, gitUrl: client.gitUrl, root: config.root, state, log: session.log, emit }
  const limit = pLimit(options.concurrency ?? config.github.concurrency)
  const entries = await Promise.all(
    steps.map((step) =>
      limit(() => (options.dryRun ? rehearse(work.git, work.gitUrl, step) : applyStep(work, step))),
    ),
  )
  return reportOf([...entries, ...(options.dryRun ? failures.map(asPlanned) : failures)], {
    durationMs: clock.now() - begun,
    apiRequests: client.requests - sent,
    elsewhere,
  })
}

/** A dry run has no status, only a plan. */
const asPlanned = ({ status, ...entry }: SyncEntry): SyncEntry => ({ ...entry, planned: 'failed' })

/** The entry of a step in a dry run. */
async function rehearse(git: Git, gitUrl: string, step: SyncStep): Promise<SyncEntry> {
  const entry = beginEntry(step)
  if (step.action === 'settle')
    return { ...entry, planned: step.status, reason: step.reason, error: step.error }
  if (step.action === 'complete') return { ...entry, planned: 'unchanged' }
  if (step.action === 'clone')
    return { ...entry, planned: 'clone', to: step.situation.head?.oid ?? null }
  try {
    const { wanted, head } = step.situation
    const { oid } = head ?? (await askGit(git, remoteUrl(gitUrl, wanted), wanted))
    return { ...entry, planned: oid === entry.from ? 'unchanged' : 'pull', to: oid }
  } catch (error) {
    return { ...entry, planned: 'failed', error: reportError(error) }
  }
}

/**
 * Removes what killed clones left beside destinations; what belongs to a living process, or to
 * another host, stays. An inaccessible folder stops only its own repositories: it is a warning.
 *
 * @param paths the destinations, absolute
 */
export async function removeOldLeftovers(
  { self, emit }: Pick<RepoSession, 'self' | 'emit'>,
  paths: string[],
): Promise<void> {
  const liveness = livenessFor(self)
  for (const parent of new Set(paths.map((path) => dirname(path)))) {
    try {
      await removeDeadClones(parent, liveness)
    } catch (error) {
      const { message } = reportError(error)
      emit({
        type: 'warning',
        message: `can't remove interrupted clones from ${parent}: ${message}`,
      })
    }
  }
}
