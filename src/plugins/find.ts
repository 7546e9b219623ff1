import { ConflictError, GitHubNotFoundError, NotFoundError } from '../base/errors.js'
import {
  fullNameOf,
  isRepoName,
  isSameName,
  parseRepo,
  type Repo,
} from '../base/names/repository.js'
import { didYouMean, oneLine } from '../base/text.js'
import { repoExists } from '../github/rest/repositories.js'
import type { PluginSource } from './discover/discover.js'
import { discover, type FoundPlugin } from './discover/discover.js'
import type { Finder } from './install/prepare.js'
import type { WantedPlugin } from './install/resolve.js'
import type { PluginEvent, PluginSession } from './session.js'
import { readLock } from './store/lock-file.js'
import { pathsOf } from './store/paths.js'

/** The sources that plugins.yaml names. */
export async function configuredSources({
  config,
}: Pick<PluginSession, 'config'>): Promise<PluginSource[]> {
  const { topic, owners, index } = await config.plugins()
  return [
    { kind: 'topic', topic, owner: null },
    ...owners.map((owner) => ({ kind: 'owner', owner }) as const),
    ...index.map((one) => ({ kind: 'index', index: one }) as const),
  ]
}

/**
 * Finds a plugin's repository by its id: the installed plugin's, otherwise a discovered one,
 * otherwise the default owner's repository of that name. `owner/repo` means itself.
 */
export function finderFor(session: PluginSession): Finder {
  let found: Promise<FoundPlugin[]> | undefined
  // Of other plugins, unless the wanted one may be missing because of them.
  const warnings: PluginEvent[] = []
  const search = async () => {
    const emit = (event: PluginEvent) =>
      event.type === 'warning' ? void warnings.push(event) : session.emit(event)
    try {
      const sources = await configuredSources(session)
      const { found: plugins, failed } = await discover({ ...session, emit }, sources)
      for (const { source, error } of failed) {
        const message = `${source} can't be read: ${error.message}`
        session.emit({ type: 'warning', message })
      }
      return plugins
    } catch (error) {
      // A server without search may still have the default owner's repository of that name.
      if (!(error instanceof GitHubNotFoundError)) throw error
      return []
    }
  }
  return async (name) => {
    const known = readLock(pathsOf(session.config.root).lockFile).entries.get(name)
    const repo = parseRepo(known?.repo ?? name)
    if (repo) return { ...wantedOf(repo), repositoryId: known?.repository_id }
    found ??= search()
    try {
      return await byId(session, name, await found)
    } catch (error) {
      for (const warning of warnings.splice(0)) session.emit(warning)
      throw error
    }
  }
}

const wantedOf = ({ owner, repo }: Repo): WantedPlugin => ({
  owner,
  repo,
  named: null,
  template: null,
})

/** @throws ConflictError if several plugins have that id; NotFoundError with the nearest id */
async function byId(
  session: PluginSession,
  name: string,
  found: FoundPlugin[],
): Promise<WantedPlugin> {
  const exact = found.filter(({ manifest }) => isSameName(manifest.id, name))
  const some =
    exact.length > 0 ? exact : found.filter(({ manifest }) => isSameName(manifest.name, name))
  const [only, another] = some
  if (only !== undefined && another !== undefined) {
    throw new ConflictError(`several plugins are called ${oneLine(name, 100)}`, {
      hint: `name one by its repository: ${some.map(fullNameOf).join(', ')}`,
    })
  }
  if (only !== undefined) return wantedOf(only)
  const { client } = session
  const { owner } = client
  if (owner !== null && isRepoName(name) && (await repoExists(client, owner, name))) {
    return wantedOf({ owner, repo: name })
  }
  const ids = found.map(({ manifest }) => manifest.id)
  throw new NotFoundError(`no plugin is called ${oneLine(name, 100)}`, {
    hint: didYouMean(name, ids) ?? [
      { verb: ['PLUGIN', 'SEARCH'] },
      ` lists all ${ids.length} plugins`,
    ],
  })
}
