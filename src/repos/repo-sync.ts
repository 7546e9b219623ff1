import type { Call } from '../base/call.js'
import type { GitHubClient } from '../github/client.js'
import { type OpenConfigured, type SessionOptions, sessionOf } from '../session.js'
import type { RepoEvent } from './events.js'
import type { CloneOptions } from './one-repository.js'
import type { SyncMode } from './plan.js'
import type { PruneOptions, PruneReport } from './prune.js'
import type { RepositoryStatus, SyncEntry, SyncReport } from './report.js'
import type { SyncOptions } from './run-sync.js'
import { type AutoPull, type AutoPullOptions, autoPull } from './schedule/auto-pull.js'
import type { ScheduleStatus } from './schedule/status.js'
import { openState } from './session.js'
import type { StatusOptions } from './status.js'
import { fromMemory } from './targets/expand.js'
import { type LocalListing, listLocal, unlisted } from './targets/listing.js'
import { chooseWanted, namesAll } from './targets/resolve.js'
import type { SyncTarget } from './targets/sync-target.js'

/**
 * Keeps the repositories of repos.yaml in step with GitHub, and never loses local work:
 * a pull moves forward only, and what stands in its way is told and left as it is.
 *
 * What a method needs is loaded when it is called, as a status needs little of what a clone does.
 */
export class RepoSync {
  readonly #open: OpenConfigured<RepoEvent>

  constructor(client: GitHubClient, options: SessionOptions = {}) {
    this.#open = sessionOf<RepoEvent>(client, options).openConfigured
  }

  /** Clones what is missing. @throws NotFoundError for an unknown target, ConfigError, LockedError */
  async cloneAll(options: SyncOptions = {}, call: Call<RepoEvent> = {}): Promise<SyncReport> {
    return this.#run('clone', options, call)
  }

  /** Pulls what is there; a missing one is skipped. @throws as cloneAll */
  async pullAll(options: SyncOptions = {}, call: Call<RepoEvent> = {}): Promise<SyncReport> {
    return this.#run('pull', options, call)
  }

  /** Clones what is missing and pulls the rest. @throws as cloneAll */
  async sync(options: SyncOptions = {}, call: Call<RepoEvent> = {}): Promise<SyncReport> {
    return this.#run('sync', options, call)
  }

  /** Clones one repository to any path. */
  async cloneRepo(options: CloneOptions, call: Call<RepoEvent> = {}): Promise<SyncEntry> {
    const { cloneOne } = await import('./one-repository.js')
    return cloneOne(await this.#open(call), options)
  }

  /** Pulls the clone at a path. @throws PathError when there is nothing */
  async pullRepo(path: string, call: Call<RepoEvent> = {}): Promise<SyncEntry> {
    const { pullOne } = await import('./one-repository.js')
    return pullOne(await this.#open(call), path)
  }

  /** Diverged, clean clones take their remote's tip; the old one is kept under `refs/wizard/backup`. */
  async reset(
    options: SyncOptions & { targets: string[] },
    call: Call<RepoEvent> = {},
  ): Promise<SyncReport> {
    return this.#run('reset', options, call)
  }

  /**
   * What repos.yaml names, its `from:` entries resolved; where the listing of one failed, `failures` says so.
   *
   * @throws NotFoundError for an unknown target
   */
  async wanted(
    targets: string[] = [],
    call: Call<RepoEvent> = {},
  ): Promise<{ chosen: SyncTarget[]; failures: SyncEntry[] }> {
    return chooseWanted(await this.#open(call), { targets })
  }

  /** What repos.yaml names, and whether it is here; a `from:` entry whose listing failed is `owner/*`, with the error. */
  async list(targets: string[] = [], call: Call<RepoEvent> = {}): Promise<LocalListing[]> {
    const { chosen, failures } = await this.wanted(targets, call)
    const kept = chosen.filter(({ skip }) => skip === undefined)
    return [...(await listLocal(kept)), ...failures.map(unlisted)]
  }

  /** Local against remote, of those that targets name; a `from:` entry whose listing failed is told as in `list`. */
  async status(
    targets: string[] = [],
    options: StatusOptions = {},
    call: Call<RepoEvent> = {},
  ): Promise<RepositoryStatus[]> {
    const session = await this.#open(call)
    const list = options.offline ? fromMemory(await openState(session)) : undefined
    const { chosen, failures } = await chooseWanted(session, { targets, list })
    const { repositoryStatusOf, statusOfFailure } = await import('./status.js')
    return [
      ...(await repositoryStatusOf(session, chosen, options)),
      ...failures.map(statusOfFailure),
    ]
  }

  /** Local against remote, of the clone at a path. */
  async getSyncStatus(
    path: string,
    options: StatusOptions = {},
    call: Call<RepoEvent> = {},
  ): Promise<RepositoryStatus> {
    const { statusOfPath } = await import('./status.js')
    return statusOfPath(await this.#open(call), path, options)
  }

  /** When each was pulled and is due next; sends no request. @throws NotFoundError for an unknown target */
  async schedules(targets: string[] = [], call: Call<RepoEvent> = {}): Promise<ScheduleStatus[]> {
    const session = await this.#open(call)
    const state = await openState(session)
    const { chosen } = await chooseWanted(session, { targets, list: fromMemory(state) })
    const { neverListed, schedulesOf } = await import('./schedule/status.js')
    const unlisted = namesAll(targets)
      ? neverListed(await session.config.repos(), chosen, session.config.root)
      : []
    return schedulesOf(state, [...chosen, ...unlisted], session.clock.now())
  }

  /**
   * Pulls all in the background, whenever a cron expression of five fields says so, in local time, until it is
   * stopped. For one machine's own scheduler there is `SCHEDULE INSTALL`.
   *
   * @throws UsageError for what is no cron expression
   */
  scheduleAutoPull(interval = '0 0 * * *', options: AutoPullOptions = {}): AutoPull {
    return autoPull((pulled, call) => this.pullAll(pulled, call), interval, options)
  }

  /** Moves clones that repos.yaml no longer names to the trash. @throws ConflictError for more than `max` */
  async prune(options: PruneOptions, call: Call<RepoEvent> = {}): Promise<PruneReport> {
    const { prune } = await import('./prune.js')
    return prune(await this.#open(call), options)
  }

  async #run(mode: SyncMode, options: SyncOptions, call: Call<RepoEvent>): Promise<SyncReport> {
    const { runSync } = await import('./run-sync.js')
    return runSync(await this.#open(call), mode, options)
  }
}
