import { join } from 'node:path'
import { once } from '../base/async/once.js'
import { type Component, readComponents } from './files/components.js'
import { type PluginsConfig, readPlugins } from './files/plugins.js'
import { type RepoEntry, readRepos } from './files/repos.js'
import { readWebhooks, type WebhooksConfig } from './files/webhooks.js'
import {
  type ConfigFileName,
  type ConfigRequest,
  findFolder,
  userFolder,
  userFolders,
} from './locate/folder.js'
import { openFolder } from './locate/folder-source.js'
import type { GitHubFile } from './schema/github.js'
import { loadSchema } from './schema/load.js'
import type { ReposFile } from './schema/repos.js'
import { type GitHubConfig, readSettings } from './settings/settings.js'
import { assertTrusted } from './trust.js'
import type { ConfigDocument } from './yaml/document.js'
import type { Source } from './yaml/place.js'

/**
 * Finds the folder and reads github.yaml and the environment; the other files are read on demand.
 *
 * @throws ConfigError for errors in github.yaml, `.env` or a variable; GitHubAuthError if a folder
 *   that was found by searching would send a credential to a host that only it names
 */
export async function loadConfig(request: ConfigRequest): Promise<Config> {
  const { config, assertHosts } = await readConfig(request)
  await assertHosts()
  return config
}

/** Call `assertHosts` before a credential is used. */
export async function readConfig(
  request: ConfigRequest,
): Promise<{ config: Config; assertHosts(): Promise<void> }> {
  const folder = await findFolder(request)
  const source = await openFolder(folder, request)
  const file = await source.read('github')
  const files = source.files()
  const single = folder?.single ?? null
  const fileFor = (name: ConfigFileName) =>
    single ?? files[name] ?? join(folder?.dir ?? userFolders(request).config, `${name}.yaml`)
  const { github, ...settings } = readSettings({
    request,
    folder,
    file,
    variables: source.variables,
  })
  const entriesOf = (document: ConfigDocument<ReposFile>) =>
    readRepos(document, { root: settings.root, owner: github.owner })
  const config: Config = {
    dir: folder?.dir ?? null,
    single,
    passedOver: folder?.passedOver ?? [],
    trusted: folder?.origin !== 'found',
    files,
    github,
    ...settings,
    fileFor,
    absent: (name) =>
      single === null ? `${fileFor(name)} does not exist` : `${single} has no ${name}`,
    reposIn: async (text) => entriesOf(await source.parse('repos', fileFor('repos'), text)),
    repos: once(async () => {
      const document = await source.read('repos')
      return document ? entriesOf(document) : []
    }),
    components: once(async () => {
      const document = await source.read('components')
      return document ? readComponents(document, github.owner) : {}
    }),
    webhooks: once(async () => {
      const document = await source.read('webhooks')
      const fallback = source.variables?.lookup('GITHUB_WEBHOOK_SECRET')
      return (
        document && readWebhooks(document, { fallback, root: settings.root, owner: github.owner })
      )
    }),
    plugins: once(async () => {
      const document = await source.read('plugins')
      return readPlugins(document?.value ?? (await loadSchema('plugins')).parse({ plugins: {} }))
    }),
  }
  const readOwn = once(() => readOwnGitHub(request))
  return {
    config,
    async assertHosts() {
      if (!folder) return
      await assertTrusted({ request, folder, file, variables: source.variables, readOwn })
    },
  }
}

/** github.yaml of the user's own folder, for the hosts that it names. */
async function readOwnGitHub(request: ConfigRequest): Promise<GitHubFile['github'] | undefined> {
  const source = await openFolder(userFolder(request), request)
  return (await source.read('github'))?.value.github
}

/** A configuration. Each file except github.yaml is read once, on first use; again after a failure. */
export interface Config {
  /**
   * The folder of the files, absolute; null if there is none. Of a single file, the folder that is
   * its ROOT by default, with `.env`.
   */
  dir: string | null
  /** The single file in place of the folder, absolute; null if there is none. */
  single: string | null
  /** Files that could be the configuration too, and are not read, absolute. */
  passedOver: readonly string[]
  /** false for a folder that was found by searching: it may be anybody's. */
  trusted: boolean
  /** ROOT, the folder for destinations, logs and plugins: absolute; it may not exist yet. */
  root: string
  /** Absolute. */
  logsDir: string
  logsKeepDays: number
  github: GitHubConfig
  /** What fetches and stores the objects of clones and pulls. */
  gitEngine: 'wizard' | 'isomorphic-git'
  /** By dotted key: `root`, `logs`, `logs_keep_days`, `github.token` … */
  sources: Readonly<Record<string, Source>>
  /** The existing files, absolute; of a single file, itself for each of its parts. */
  files: Readonly<Partial<Record<ConfigFileName, string>>>
  /** The path of a file, whether it exists or not. */
  fileFor(name: ConfigFileName): string
  /** Says that a file, or part of the single file, does not exist. */
  absent(name: ConfigFileName): string
  /** The entries that repos.yaml would have with this text. @throws ConfigError, PathError */
  reposIn(text: string): Promise<RepoEntry[]>
  /** Empty without a repos.yaml. @throws ConfigError, PathError */
  repos(): Promise<RepoEntry[]>
  /** By name; empty without a components.yaml. @throws ConfigError */
  components(): Promise<Record<string, Component>>
  /** null without a webhooks.yaml. @throws ConfigError */
  webhooks(): Promise<WebhooksConfig | null>
  /** The defaults without a plugins.yaml. @throws ConfigError */
  plugins(): Promise<PluginsConfig>
}
