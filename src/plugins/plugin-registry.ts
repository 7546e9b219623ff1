import type { Call } from '../base/call.js'
import type { GitHubClient } from '../github/client.js'
import { type OpenConfigured, type SessionOptions, sessionOf } from '../session.js'
import type { Finder } from './install/prepare.js'
import type { WantedPlugin } from './install/resolve.js'
import type { InstalledPlugin } from './installed.js'
import type { PublisherTrust } from './publisher.js'
import type { SearchRequest, SearchResult } from './search.js'
import type { Forced, PluginEvent, PluginInfo } from './session.js'
import type { UpdatedPlugin, UpdateRequest } from './update.js'
import type { VerifiedPlugin } from './verify.js'
import type { ViewedPlugin } from './view.js'

/** A plugin's repository, or its id; `named`: a tag or a version, default the latest. */
export type PluginTarget = WantedPlugin | { name: string; named: string | null }

export interface FrozenRequest extends PublisherTrust {
  /** null: everything. */
  id: string | null
}

/**
 * Finds plugins, and manages those of a ROOT: each is installed completely or not at all, and every
 * file can be verified. Never executes a plugin's files.
 *
 * @throws every method may throw GitHubError and its subclasses, LockedError, and the signal's
 *   reason
 */
export class PluginRegistry {
  readonly #open: OpenConfigured<PluginEvent>

  constructor(client: GitHubClient, options: SessionOptions = {}) {
    this.#open = sessionOf<PluginEvent>(client, options).openConfigured
  }

  /**
   * Plugins by topic, owner and index, by id.
   *
   * @throws ConfigError, GitHubError if no source could be read
   */
  async search(request: SearchRequest, call: Call<PluginEvent> = {}): Promise<SearchResult> {
    const { search } = await import('./search.js')
    return search(await this.#open(call), request)
  }

  /** The installed plugins; sends no request. */
  async list(call: Call<PluginEvent> = {}): Promise<PluginInfo[]> {
    const { list } = await import('./list.js')
    return list(await this.#open(call))
  }

  /** @throws NotFoundError, GitHubNotFoundError, ConfigError for an unreadable manifest */
  async view(target: PluginTarget, call: Call<PluginEvent> = {}): Promise<ViewedPlugin> {
    const [{ view }, { finderFor }] = await Promise.all([import('./view.js'), import('./find.js')])
    const session = await this.#open(call)
    return view(session, await resolveTarget(target, finderFor(session)))
  }

  /**
   * Installs a version of a plugin and its dependencies: everything is downloaded and checked
   * before the first one is put in place.
   *
   * @returns in the order of installation, the requested one last
   * @throws GitHubAuthError for a publisher that the user does not trust; ConflictError,
   *   NotFoundError, GitHubNotFoundError, ConfigError, PathError, with nothing changed; LockedError
   */
  async install(
    target: PluginTarget & PublisherTrust & Forced,
    call: Call<PluginEvent> = {},
  ): Promise<InstalledPlugin[]> {
    const [{ install }, { finderFor }] = await Promise.all([
      import('./install/install.js'),
      import('./find.js'),
    ])
    const { confirmPublisher, force } = target
    const session = { ...(await this.#open(call)), confirmPublisher, force }
    const find = finderFor(session)
    return install(session, await resolveTarget(target, find), find)
  }

  /** Installs exactly what plugins.lock.json names. */
  async installFrozen(
    { id, confirmPublisher }: FrozenRequest,
    call: Call<PluginEvent> = {},
  ): Promise<InstalledPlugin[]> {
    const { installFrozen } = await import('./install/install.js')
    return installFrozen({ ...(await this.#open(call)), confirmPublisher }, id)
  }

  /** Updates plugins independently; an entry reports its own failure. */
  async update(request: UpdateRequest, call: Call<PluginEvent> = {}): Promise<UpdatedPlugin[]> {
    const [{ update }, { finderFor }] = await Promise.all([
      import('./update.js'),
      import('./find.js'),
    ])
    const { confirmPublisher, force } = request
    const session = { ...(await this.#open(call)), confirmPublisher, force }
    return update(session, request, finderFor(session))
  }

  /** Compares every file with what was installed. @param ids none: all */
  async verify(ids: string[] = [], call: Call<PluginEvent> = {}): Promise<VerifiedPlugin[]> {
    const { verify } = await import('./verify.js')
    return verify(await this.#open(call), ids)
  }

  /** Enables a plugin. @throws NotFoundError if it is not installed */
  enable(id: string, call: Call<PluginEvent> = {}): Promise<PluginInfo> {
    return this.#change('PLUGIN ENABLE', id, { enabled: true }, call)
  }

  /** Disables a plugin; its files stay. @throws NotFoundError if it is not installed */
  disable(id: string, call: Call<PluginEvent> = {}): Promise<PluginInfo> {
    return this.#change('PLUGIN DISABLE', id, { enabled: false }, call)
  }

  /**
   * Keeps a plugin at its version: `update` skips it.
   *
   * @throws NotFoundError if it is not installed
   */
  pin(id: string, call: Call<PluginEvent> = {}): Promise<PluginInfo> {
    return this.#change('PLUGIN PIN', id, { pinned: true }, call)
  }

  /** Lets `update` change a plugin again. @throws NotFoundError if it is not installed */
  unpin(id: string, call: Call<PluginEvent> = {}): Promise<PluginInfo> {
    return this.#change('PLUGIN UNPIN', id, { pinned: false }, call)
  }

  /**
   * Removes a plugin. Changed files go to `ROOT/.wizard/trash`.
   *
   * @throws NotFoundError; ConflictError if another one needs it, unless it is forced
   */
  async remove(
    { id, force }: { id: string } & Forced,
    call: Call<PluginEvent> = {},
  ): Promise<PluginInfo> {
    const { remove } = await import('./change.js')
    return remove({ ...(await this.#open(call)), force }, id)
  }

  /** Restores the previous version byte for byte; a second call undoes it. */
  async rollback(id: string, call: Call<PluginEvent> = {}): Promise<InstalledPlugin> {
    const { rollback } = await import('./change.js')
    return rollback(await this.#open(call), id)
  }

  async #change(
    command: string,
    id: string,
    what: { enabled?: boolean; pinned?: boolean },
    call: Call<PluginEvent>,
  ) {
    const { change } = await import('./change.js')
    return change(await this.#open(call), command, id, what)
  }
}

async function resolveTarget(target: PluginTarget, find: Finder): Promise<WantedPlugin> {
  return 'owner' in target ? target : { ...(await find(target.name)), named: target.named }
}
