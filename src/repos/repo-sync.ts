import type { Call } from '../base/call.js'
import type { GitHubClient } from '../github/client.js'
import { type OpenConfigured, type SessionOptions, sessionOf } from '../session.js'
import type { AdoptedClone, AdoptOptions } from './adopt/adopt.js'
import type { ExecOptions, ExecReport } from './exec.js'
import type { CloneOptions, PullOptions } from './one-repository.js'
import type { SyncMode } from './plan.js'
import type { PruneOptions, PruneReport } from './prune.js'
import type { RepositoryStatus, SyncEntry, SyncReport } from './report.js'
import type { SyncOptions } from './run-sync.js'
import { type AutoPull, type AutoPullOptions, autoPull } from './schedule/auto-pull.js'
import type { ScheduleStatus } from './schedule/status.js'
import { openState, type RepoEvent } from './session.js'
import type { StatusOptions } from './status.js'
import { fromMemory } from './targets/expand.js'
import { type LocalListing, listLocal, unlisted } from './targets/listing.js'
import { resolveTargets } from './targets/resolve.js'
import { namesAll } from './targets/select.js'
import type { SyncTarget } from './targets/sync-target.js'

/**
 * Keeps the repositories of repos.yaml up to date with GitHub, and never loses local work: a pull
 * only moves forward, and conflicts are reported and left untouched.
 *
 * Each method loads its code when it is called, because a status needs little of what a clone does.
 */
export class RepoSync {
  readonly #open: OpenConfigured<RepoEvent>

  constructor(client: GitHubClient, options: SessionOptions = {}) {
    this.#open = sessionOf<RepoEvent>(client, options).openConfigured
  }

  /**
   * Clones missing repositories.
   *
   * @throws NotFoundError for an unknown target, ConfigError, LockedError
   */
  async cloneAll(options: SyncOptions = {}, call: Call<RepoEvent> = {}): Promise<SyncReport> {
    return this.#run('clone', options, call)
  }

  /** Pulls existing clones and skips missing ones. @throws as cloneAll */
  async pullAll(options: SyncOptions = {}, call: Call<RepoEvent> = {}): Promise<SyncReport> {
    return this.#run('pull', options, call)
  }

  /** Clones missing repositories and pulls the others. @throws as cloneAll */
  async sync(options: SyncOptions = {}, call: Call<RepoEvent> = {}): Promise<SyncReport> {
    return this.#run('sync', options, call)
  }

  /** Clones one repository to any path. */
  async cloneRepo(options: CloneOptions, call: Call<RepoEvent> = {}): Promise<SyncEntry> {
    const { cloneOne } = await import('./one-repository.js')
    return cloneOne(await this.#open(call), options)
  }

  /** Pulls the clone at a path. @throws PathError if nothing is there */
  async pullRepo(
    path: string,
    call: Call<RepoEvent> = {},
    options: PullOptions = {},
  ): Promise<SyncEntry> {
    const { pullOne } = await import('./one-repository.js')
    return pullOne(await this.#open(call), path, options)
  }

  /**
   * Resets clean, diverged clones to their remote's tip; the old tip is kept under
   * `refs/wizard/backup`.
   */
  async reset(
    options: SyncOptions & { targets: string[] },
    call: Call<RepoEvent> = {},
  ): Promise<SyncReport> {
    return this.#run('reset', options, call)
  }

  /**
   * The targets of repos.yaml, with `from:` entries resolved; `failures` reports failed listings.
   *
   * @throws NotFoundError for an unknown target
   */
  async wanted(
    targets: string[] = [],
    call: Call<RepoEvent> = {},
  ): Promise<{ chosen: SyncTarget[]; failures: SyncEntry[] }> {
    return resolveTargets(await this.#open(call), { targets })
  }

  /**
   * The repositories that repos.yaml names, and whether they exist locally. A `from:` entry whose
   * listing failed is `owner/*`, with the error.
   */
  async list(targets: string[] = [], call: Call<RepoEvent> = {}): Promise<LocalListing[]> {
    const { chosen, failures } = await this.wanted(targets, call)
    const kept = chosen.filter(({ skip }) => skip === undefined)
    return [...(await listLocal(kept)), ...failures.map(unlisted)]
  }

  /**
   * Compares the targets' clones with their remotes. A failed `from:` entry is reported as in
   * `list`.
   */
  async status(
    targets: string[] = [],
    options: StatusOptions = {},
    call: Call<RepoEvent> = {},
  ): Promise<RepositoryStatus[]> {
    const session = await this.#open(call)
    const list = options.offline ? fromMemory(await openState(session)) : undefined
    const { chosen, failures } = await resolveTargets(session, { targets, list })
    const { repositoryStatusOf, statusOfFailure } = await import('./status.js')
    return [
      ...(await repositoryStatusOf(session, chosen, options)),
      ...failures.map(statusOfFailure),
    ]
  }

  /**
   * Runs a command in the targets' clones, several at once, without a shell.
   *
   * @throws NotFoundError for an unknown target
   */
  async exec(options: ExecOptions, call: Call<RepoEvent> = {}): Promise<ExecReport> {
    const { execInClones } = await import('./exec.js')
    return execInClones(await this.#open(call), options)
  }

  /**
   * Adds existing clones to repos.yaml, where they are, and changes none of them.
   *
   * @throws PathError if the folder does not exist; ConfigError if repos.yaml can't be edited
   */
  async adopt(options: AdoptOptions, call: Call<RepoEvent> = {}): Promise<AdoptedClone[]> {
    const { adoptClones } = await import('./adopt/adopt.js')
    return adoptClones(await this.#open(call), options)
  }

  /** Compares the clone at a path with its remote. */
  async getSyncStatus(
    path: string,
    options: StatusOptions = {},
    call: Call<RepoEvent> = {},
  ): Promise<RepositoryStatus> {
    const { statusOfPath } = await import('./status.js')
    return statusOfPath(await this.#open(call), path, options)
  }

  /**
   * When each repository was pulled and is due next; sends no request.
   *
   * @throws NotFoundError for an unknown target
   */
  async schedules(targets: string[] = [], call: Call<RepoEvent> = {}): Promise<ScheduleStatus[]> {
    const session = await this.#open(call)
    const state = await openState(session)
    const { chosen } = await resolveTargets(session, { targets, list: fromMemory(state) })
    const { neverListed, schedulesOf } = await import('./schedule/status.js')
    const unlisted = namesAll(targets)
      ? neverListed(await session.config.repos(), chosen, session.config.root)
      : []
    return schedulesOf(state, [...chosen, ...unlisted], session.clock.now())
  }

  /**
   * Pulls all repositories in the background, whenever a cron expression of five fields says so in
   * local time, until it is stopped. For a machine's own scheduler use `SCHEDULE INSTALL`.
   *
   * @throws UsageError for an invalid cron expression
   */
  scheduleAutoPull(interval = '0 0 * * *', options: AutoPullOptions = {}): AutoPull {
    return autoPull((pulled, call) => this.pullAll(pulled, call), interval, options)
  }

  /**
   * Moves clones that repos.yaml no longer names to the trash.
   *
   * @throws ConflictError for more than `max`
   */
  async prune(options: PruneOptions, call: Call<RepoEvent> = {}): Promise<PruneReport> {
    const { prune } = await import('./prune.js')
    return prune(await this.#open(call), options)
  }

  async #run(mode: SyncMode, options: SyncOptions, call: Call<RepoEvent>): Promise<SyncReport> {
    const { runSync } = await import('./run-sync.js')
    return runSync(await this.#open(call), mode, options)
  }
}
