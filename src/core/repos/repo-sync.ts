import type { GitHubClient } from '../github/client.js'
import { type LocalListing, listLocal } from './listing.js'
import { type Pruned, type PruneOptions, prune } from './prune.js'
import { chooseWanted, runSync, type SyncOptions } from './run-sync.js'
import type { Session } from './session.js'
import { type CloneOptions, cloneOne, pullOne } from './single.js'
import { type StatusOptions, statusOf, statusOfPath } from './status.js'
import type { RepositoryStatus, SyncEntry, SyncReport } from './types.js'
import type { Wanted } from './wanted.js'

/**
 * Keeps the repositories of repos.yaml in step with GitHub, and never loses local work:
 * a pull moves forward only, and what stands in its way is told and left as it is.
 */
export class RepoSync {
  readonly #session: Session

  constructor(client: GitHubClient, session: Omit<Session, 'client'>) {
    this.#session = { client, ...session }
  }

  /** Clones what is missing. @throws GitHubNotFoundError for an unknown target, ConfigError, LockedError */
  cloneAll(options: SyncOptions = {}): Promise<SyncReport> {
    return runSync(this.#session, 'clone', options)
  }

  /** Pulls what is there; a missing one is skipped. @throws as cloneAll */
  pullAll(options: SyncOptions = {}): Promise<SyncReport> {
    return runSync(this.#session, 'pull', options)
  }

  /** Clones what is missing and pulls the rest. @throws as cloneAll */
  sync(options: SyncOptions = {}): Promise<SyncReport> {
    return runSync(this.#session, 'sync', options)
  }

  /** Clones one repository to any path. */
  cloneRepo(options: CloneOptions): Promise<SyncEntry> {
    return cloneOne(this.#session, options)
  }

  /** Pulls the clone at a path. @throws BlockedError when it is no clone of a repository on this server */
  pullRepo(path: string): Promise<SyncEntry> {
    return pullOne(this.#session, path)
  }

  /** Diverged, clean clones take their remote's tip; the old one is kept under `refs/wizard/backup`. */
  reset(options: SyncOptions & { targets: string[] }): Promise<SyncReport> {
    return runSync(this.#session, 'reset', options)
  }

  /** What repos.yaml names, its `from:` entries resolved. @throws GitHubNotFoundError for an unknown target */
  async wanted(targets: string[] = []): Promise<Wanted[]> {
    return (await chooseWanted(this.#session, { targets })).chosen
  }

  /** What repos.yaml names, and whether it is here. */
  async list(targets: string[] = []): Promise<LocalListing[]> {
    return listLocal(await this.wanted(targets))
  }

  /** Local against remote, of those that targets name. */
  async status(targets: string[] = [], options: StatusOptions = {}): Promise<RepositoryStatus[]> {
    return statusOf(this.#session, await this.wanted(targets), options)
  }

  /** Local against remote, of the clone at a path. */
  async getSyncStatus(path: string, options: StatusOptions = {}): Promise<RepositoryStatus> {
    return statusOfPath(this.#session, path, options)
  }

  /** Moves clones that repos.yaml no longer names to the trash. @throws ConflictError for more than `max` */
  prune(options: PruneOptions): Promise<Pruned[]> {
    return prune(this.#session, options)
  }
}
