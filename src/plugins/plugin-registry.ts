import type { GitHubClient } from '../github/client.js'
import type { Wanted } from './install/resolve.js'
import type { InstalledPlugin } from './installed.js'
import type { SearchRequest } from './search.js'
import type { PluginInfo, PluginSession } from './types.js'
import type { UpdatedPlugin, UpdateRequest } from './update.js'
import type { VerifiedPlugin } from './verify.js'
import type { ViewedPlugin } from './view.js'

/** A plugin's repository, or its id; `named`: a tag or a version, default the latest. */
export type PluginTarget = Wanted | { name: string; named: string | null }

/**
 * Finds plugins, and keeps those of a root: whole or not at all, each file as it was installed. Nothing of a plugin is
 * ever executed.
 *
 * @throws every method may throw GitHubError and its kinds, LockedError, and the signal's reason
 */
export class PluginRegistry {
  readonly #open: () => Promise<PluginSession>

  /** @param open gives what the work needs beside the client, once, when it is first asked for */
  constructor(client: GitHubClient, open: () => Promise<Omit<PluginSession, 'client'>>) {
    let session: Promise<PluginSession> | undefined
    this.#open = () => {
      session ??= open().then((rest) => ({ ...rest, client }))
      return session
    }
  }

  /** By topic, owner and index: see `search`. */
  async search(request: SearchRequest): Promise<PluginInfo[]> {
    const { search } = await import('./search.js')
    return search(await this.#open(), request)
  }

  /** Those that are installed; no request is sent. */
  async list(): Promise<PluginInfo[]> {
    const { list } = await import('./list.js')
    return list(await this.#open())
  }

  /** @throws GitHubNotFoundError, ConfigError for a manifest that can't be read */
  async view(target: PluginTarget): Promise<ViewedPlugin> {
    const { view } = await import('./view.js')
    return view(await this.#open(), await this.#wanted(target))
  }

  /** With what it needs, the one asked for last: see `install`. */
  async install(target: PluginTarget): Promise<InstalledPlugin[]> {
    const [{ install }, { finderFor }] = await Promise.all([
      import('./install/install.js'),
      import('./find.js'),
    ])
    const session = await this.#open()
    return install(session, await this.#wanted(target), finderFor(session))
  }

  /** What plugins.lock.json names, exactly. @param id null: all of it */
  async installFrozen(id: string | null): Promise<InstalledPlugin[]> {
    const { installFrozen } = await import('./install/frozen.js')
    return installFrozen(await this.#open(), id)
  }

  /** Each by itself; what goes wrong with one is part of its entry. */
  async update(request: UpdateRequest): Promise<UpdatedPlugin[]> {
    const [{ update }, { finderFor }] = await Promise.all([
      import('./update.js'),
      import('./find.js'),
    ])
    const session = await this.#open()
    return update(session, request, finderFor(session))
  }

  /** Every file against what was installed. @param ids none: all */
  async verify(ids: string[] = []): Promise<VerifiedPlugin[]> {
    const { verify } = await import('./verify.js')
    return verify(await this.#open(), ids)
  }

  enable(id: string): Promise<PluginInfo> {
    return this.#change('PLUGIN ENABLE', id, { enabled: true })
  }

  disable(id: string): Promise<PluginInfo> {
    return this.#change('PLUGIN DISABLE', id, { enabled: false })
  }

  /** `update` leaves it at its version. */
  pin(id: string): Promise<PluginInfo> {
    return this.#change('PLUGIN PIN', id, { pinned: true })
  }

  unpin(id: string): Promise<PluginInfo> {
    return this.#change('PLUGIN UNPIN', id, { pinned: false })
  }

  /** Files that were changed since go to `ROOT/.wizard/trash`. @throws GitHubNotFoundError */
  async remove(id: string): Promise<PluginInfo> {
    const { remove } = await import('./change.js')
    return remove(await this.#open(), id)
  }

  /** To the version before, byte for byte; a second call undoes it. */
  async rollback(id: string): Promise<InstalledPlugin> {
    const { rollback } = await import('./change.js')
    return rollback(await this.#open(), id)
  }

  async #change(command: string, id: string, what: { enabled?: boolean; pinned?: boolean }) {
    const { change } = await import('./change.js')
    return change(await this.#open(), command, id, what)
  }

  async #wanted(target: PluginTarget): Promise<Wanted> {
    if ('owner' in target) return target
    const { finderFor } = await import('./find.js')
    const { name, named } = target
    return { ...(await finderFor(await this.#open())(name)), named }
  }
}
