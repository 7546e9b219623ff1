import type { GitHubClient } from '../github/client.js'
import { type CloneOptions, cloneOne, pullOne } from './one-repository.js'
import type { PruneOptions, PruneReport } from './prune.js'
import { runSync, type SyncOptions } from './run-sync.js'
import { type AutoPull, type AutoPullOptions, autoPull } from './schedule/auto-pull.js'
import type { ScheduleStatus } from './schedule/status.js'
import { openState, type Session } from './session.js'
import { type StatusOptions, statusOf, statusOfFailure, statusOfPath } from './status/status.js'
import { chooseWanted } from './targets/choose.js'
import { fromMemory } from './targets/expand.js'
import { type LocalListing, listLocal, unlisted } from './targets/listing.js'
import { namesAll } from './targets/select.js'
import type { Wanted } from './targets/sync-target.js'
import type { RepositoryStatus, SyncEntry, SyncReport } from './types.js'

/**
 * Keeps the repositories of repos.yaml in step with GitHub, and never loses local work:
 * a pull moves forward only, and what stands in its way is told and left as it is.
 */
export class RepoSync {
  readonly #open: () => Promise<Session>

  /** @param open gives what the work needs, once, when it is first asked for */
  constructor(client: GitHubClient, open: () => Promise<Omit<Session, 'client'>>) {
    let session: Promise<Session> | undefined
    this.#open = () => {
      session ??= open().then((rest) => ({ client, ...rest }))
      return session
    }
  }

  /** Clones what is missing. @throws GitHubNotFoundError for an unknown target, ConfigError, LockedError */
  async cloneAll(options: SyncOptions = {}): Promise<SyncReport> {
    return runSync(await this.#open(), 'clone', options)
  }

  /** Pulls what is there; a missing one is skipped. @throws as cloneAll */
  async pullAll(options: SyncOptions = {}): Promise<SyncReport> {
    return runSync(await this.#open(), 'pull', options)
  }

  /** Clones what is missing and pulls the rest. @throws as cloneAll */
  async sync(options: SyncOptions = {}): Promise<SyncReport> {
    return runSync(await this.#open(), 'sync', options)
  }

  /** Clones one repository to any path. */
  async cloneRepo(options: CloneOptions): Promise<SyncEntry> {
    return cloneOne(await this.#open(), options)
  }

  /** Pulls the clone at a path. @throws PathError when there is nothing */
  async pullRepo(path: string): Promise<SyncEntry> {
    return pullOne(await this.#open(), path)
  }

  /** Diverged, clean clones take their remote's tip; the old one is kept under `refs/wizard/backup`. */
  async reset(options: SyncOptions & { targets: string[] }): Promise<SyncReport> {
    return runSync(await this.#open(), 'reset', options)
  }

  /**
   * What repos.yaml names, its `from:` entries resolved; where the listing of one failed, `failures` says so.
   *
   * @throws GitHubNotFoundError for an unknown target
   */
  async wanted(targets: string[] = []): Promise<{ chosen: Wanted[]; failures: SyncEntry[] }> {
    return chooseWanted(await this.#open(), { targets })
  }

  /** What repos.yaml names, and whether it is here; a `from:` entry whose listing failed is `owner/*`, with the error. */
  async list(targets: string[] = []): Promise<LocalListing[]> {
    const { chosen, failures } = await this.wanted(targets)
    const kept = chosen.filter(({ skip }) => skip === undefined)
    return [...(await listLocal(kept)), ...failures.map(unlisted)]
  }

  /** Local against remote, of those that targets name; a `from:` entry whose listing failed is told as in `list`. */
  async status(targets: string[] = [], options: StatusOptions = {}): Promise<RepositoryStatus[]> {
    const session = await this.#open()
    const list = options.offline ? fromMemory(await openState(session)) : undefined
    const { chosen, failures } = await chooseWanted(session, { targets, list })
    return [...(await statusOf(session, chosen, options)), ...failures.map(statusOfFailure)]
  }

  /** Local against remote, of the clone at a path. */
  async getSyncStatus(path: string, options: StatusOptions = {}): Promise<RepositoryStatus> {
    return statusOfPath(await this.#open(), path, options)
  }

  /** When each was pulled and is due next; sends no request. @throws GitHubNotFoundError for an unknown target */
  async schedules(targets: string[] = []): Promise<ScheduleStatus[]> {
    const session = await this.#open()
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
    return autoPull((pulled) => this.pullAll(pulled), interval, options)
  }

  /** Moves clones that repos.yaml no longer names to the trash. @throws ConflictError for more than `max` */
  async prune(options: PruneOptions): Promise<PruneReport> {
    const { prune } = await import('./prune.js')
    return prune(await this.#open(), options)
  }
}
