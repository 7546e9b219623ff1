import { basename, dirname } from 'node:path'
import { reportError } from '../base/error-report.js'
import { WizardError } from '../base/errors.js'
import { BlockedError } from '../git/errors.js'
import { readTrackedBranch } from '../git/repository/find-worktree.js'
import { applyStep } from './apply-step.js'
import { inspectRepositories } from './inspect.js'
import { planSync } from './plan.js'
import { emptyEntry, type SyncEntry } from './report.js'
import { removeOldLeftovers, runSync } from './run-sync.js'
import { gitOf, openState, type RepoSession } from './session.js'
import { expandEntries, fromMemory } from './targets/expand.js'
import type { SyncTarget } from './targets/sync-target.js'

export interface CloneOptions {
  owner: string
  repo: string
  /** Absolute; any path. */
  destination: string
  /** A branch, a tag or a full commit id; default: the repository's default branch. */
  branch?: string | undefined
  depth?: number | undefined
  /**
   * Clones one branch only. Without it a clone has all branches, unless it is shallow, as in git.
   */
  singleBranch?: boolean | undefined
  /**
   * Whether files of Git LFS get their content; default: yes. If not, `lfs.fetchexclude` of the clone
   * says so to later pulls, and to git-lfs.
   */
  lfs?: boolean | undefined
  /** Whether submodules get their files; default: no. */
  submodules?: boolean | undefined
}

/** Clones one repository; the entry reports any failure. */
export async function cloneOne(session: RepoSession, options: CloneOptions): Promise<SyncEntry> {
  const { owner, repo, destination, branch, depth, singleBranch, lfs, submodules } = options
  await removeOldLeftovers(session, [destination])
  const wanted: SyncTarget = {
    ...untracked({ owner, repo, path: destination, branch }),
    depth,
    lfs,
    submodules,
    branches: singleBranch || depth !== undefined ? 'one' : 'all',
  }
  return handle(session, wanted, 'clone')
}

export interface PullOptions {
  /** Whether submodules follow, whatever repos.yaml says; default: as it says. */
  submodules?: boolean | undefined
}

/**
 * Pulls one clone at any path: its current branch, from the repository that its origin names.
 *
 * @throws PathError if nothing is there
 */
export async function pullOne(
  session: RepoSession,
  path: string,
  options: PullOptions = {},
): Promise<SyncEntry> {
  await removeOldLeftovers(session, [path])
  const named = await pullNamed(session, path, options)
  if (named) return named
  try {
    return await handle(session, { ...(await wantedAt(session, path)), ...options }, 'pull')
  } catch (error) {
    if (!(error instanceof BlockedError)) throw error
    const place = { owner: basename(dirname(path)), repo: basename(path), group: null, path }
    return {
      ...emptyEntry(place),
      status: 'blocked',
      reason: error.reason,
      error: reportError(error),
    }
  }
}

/**
 * Pulls as repos.yaml says, if it names the path: its branch or pin, `on_diverged`, and the
 * remembered state.
 */
async function pullNamed(
  session: RepoSession,
  path: string,
  options: PullOptions,
): Promise<SyncEntry | undefined> {
  const { config } = session
  if (config.files.repos === undefined) return undefined
  const list = fromMemory(await openState(session))
  const { wanted } = await expandEntries(list, config.root, await config.repos())
  if (!wanted.some((one) => one.path === path)) return undefined
  const { repositories } = await runSync(session, 'pull', { ...options, targets: [path], list })
  return repositories.find((entry) => entry.path === path)
}

/**
 * What the clone at a path follows, by its own origin and branch.
 *
 * @throws BlockedError, PathError
 */
export async function wantedAt({ client, host }: RepoSession, path: string): Promise<SyncTarget> {
  const { owner, repo, branch, unborn } = await readTrackedBranch(path, client.gitUrl, host.env)
  // An empty clone has no branch yet: it follows the default one.
  return untracked({ owner, repo, path, branch: unborn ? undefined : branch })
}

const untracked = (place: Pick<SyncTarget, 'owner' | 'repo' | 'path' | 'branch'>): SyncTarget => ({
  ...place,
  group: null,
  autoPull: true,
  onDiverged: 'block',
  source: null,
})

async function handle(
  session: RepoSession,
  wanted: SyncTarget,
  mode: 'clone' | 'pull',
): Promise<SyncEntry> {
  const { client, clock, log, emit } = session
  // A clone needs no separate request for the head: the git server sends it with the pack.
  const offline = mode === 'clone'
  const situations = await inspectRepositories(session, await openState(session), [wanted], {
    offline,
  })
  const [step] = planSync(
    { mode, gitUrl: client.gitUrl, due: false, named: true, now: clock.now() },
    situations,
  )
  if (!step) throw new WizardError(`nothing to do for ${wanted.path}`)
  emit({ type: 'sync-planned', total: 1 })
  return applyStep(
    { git: await gitOf(session), gitUrl: client.gitUrl, root: null, state: null, log, emit },
    step,
  )
}
