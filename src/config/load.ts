import { join } from 'node:path'
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
 * Finds the folder, reads github.yaml and the environment, and leaves the other files for when they are asked for.
 *
 * @throws ConfigError for what is wrong in github.yaml, `.env` or a variable; GitHubAuthError where a folder that was
 * found by searching would lead a credential to a host that nothing else names.
 */
export async function loadConfig(request: ConfigRequest): Promise<Config> {
  const { config, assertHosts } = await readConfig(request)
  await assertHosts()
  return config
}

/** `assertHosts` must have returned before a credential is used. */
export async function readConfig(
  request: ConfigRequest,
): Promise<{ config: Config; assertHosts(): Promise<void> }> {
  const folder = findFolder(request)
  const source = await openFolder(folder, request)
  const file = await source.read('github')
  const fileFor = (name: ConfigFileName) =>
    folder?.files[name] ?? join(folder?.dir ?? userFolders(request).config, `${name}.yaml`)
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
    trusted: folder?.origin !== 'found',
    files: folder?.files ?? {},
    github,
    ...settings,
    fileFor,
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
      return document && readWebhooks(document, fallback)
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
      if (folder && file) await assertTrusted({ request, folder, file, readOwn })
    },
  }
}

/** github.yaml of the user's own folder, for the hosts it names. */
async function readOwnGitHub(request: ConfigRequest): Promise<GitHubFile['github'] | undefined> {
  const source = await openFolder(userFolder(request), request)
  return (await source.read('github'))?.value.github
}

/** What is read when it is first asked for, and then kept; a failure is kept too. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= read()
    return made
  }
}

/** What a configuration says, each file but github.yaml read when it is first asked for, and once. */
export interface Config {
  /** The folder of the files, absolute; null where there is none. */
  dir: string | null
  /** False for a folder that was found by searching: it may be anybody's. */
  trusted: boolean
  /** ROOT: where destinations, logs and plugins live; absolute, and maybe not there yet. */
  root: string
  /** Absolute. */
  logsDir: string
  logsKeepDays: number
  github: GitHubConfig
  /** By dotted key: `root`, `logs`, `logs_keep_days`, `github.token` … */
  sources: Readonly<Record<string, Source>>
  /** The files that are there, absolute. */
  files: Readonly<Partial<Record<ConfigFileName, string>>>
  /** Where a file is, or would be made. */
  fileFor(name: ConfigFileName): string
  /** What repos.yaml would name if this were its text. @throws ConfigError, PathError */
  reposIn(text: string): Promise<RepoEntry[]>
  /** Empty where there is no repos.yaml. @throws ConfigError, PathError */
  repos(): Promise<RepoEntry[]>
  /** By name; empty where there is no components.yaml. @throws ConfigError */
  components(): Promise<Record<string, Component>>
  /** null where there is no webhooks.yaml. @throws ConfigError */
  webhooks(): Promise<WebhooksConfig | null>
  /** The defaults where there is no plugins.yaml. @throws ConfigError */
  plugins(): Promise<PluginsConfig>
}
