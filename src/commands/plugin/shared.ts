import { UsageError } from '../../base/errors.js'
import type { Invocation } from '../../invocation.js'
import type { PluginTarget } from '../../plugins/plugin-registry.js'
import { type ConfirmPublisher, publisherText } from '../../plugins/publisher.js'
import type { PluginInfo } from '../../plugins/session.js'
import { lines, type Page } from '../../terminal/page.js'
import type { FlagSpecs } from '../flags.js'
import { findComponent, repositoryTarget, splitTarget } from '../targets.js'
import type { ArgumentSpec } from '../verb.js'

export const pluginArgument: ArgumentSpec = {
  name: 'plugin[@tag]',
  summary: "owner/repo, a plugin's id or a component, with @tag or @version",
}

export const idArgument: ArgumentSpec = { name: 'name', summary: 'the id of an installed plugin' }

/**
 * `owner/repo`, its address, a component's name, or a plugin's id, each with an optional `@tag` or
 * `@version`.
 *
 * @throws UsageError if it is none of these
 */
export async function pluginTarget(invocation: Invocation, text: string): Promise<PluginTarget> {
  const { name, named } = splitTarget(text)
  const component = findComponent(await (await invocation.config()).components(), name)
  if (component !== undefined) {
    const { owner, repo, tag: template } = component
    return { owner, repo, named, template }
  }
  if (/[/:]/.test(name))
    return { ...(await repositoryTarget(invocation, name)), named, template: null }
  if (name !== '') return { name, named }
  throw new UsageError(`not a plugin: ${text || 'nothing'}`, {
    hint: 'write owner/repo or the id of a plugin; wizard PLUGIN SEARCH lists plugins',
  })
}

/** The flag of verbs that may bring files of a new publisher. */
export const trustFlag = {
  trust: {
    type: 'boolean',
    summary: 'trust the publishers, and remember them in your trusted.yaml',
  },
} as const satisfies FlagSpecs

export const forceFlag = {
  force: { type: 'boolean', summary: 'even if another plugin needs it as it is' },
} as const satisfies FlagSpecs

/** Asks on a terminal; elsewhere only `--trust` counts. */
export const confirmPublisher =
  ({ terminal }: Invocation, trust: boolean): ConfirmPublisher =>
  async (publisher, plugin) => {
    if (trust) return true
    if (!terminal.canAsk) return false
    return terminal.confirm(`${plugin} is by ${publisherText(publisher)}. Trust this publisher?`)
  }

/** The id as written in the lock; ignores case. */
export async function installedId(invocation: Invocation, text: string): Promise<string> {
  const [{ readLock }, { pathsOf }] = await Promise.all([
    import('../../plugins/store/lock-file.js'),
    import('../../plugins/store/paths.js'),
  ])
  const { root } = await invocation.config()
  const ids = [...readLock(pathsOf(root).lockFile).entries]
  const isSame = (one: string) => one.toLowerCase() === text.toLowerCase()
  const exact = ids.find(([id]) => id === text)
  const found = exact ?? ids.find(([id, { repo }]) => isSame(id) || isSame(repo))
  return found?.[0] ?? text
}

/** One plugin per line. @param absent the mark of a plugin whose files are missing */
export function pluginsPage(plugins: PluginInfo[], absent = ''): Page {
  return {
    kind: 'table',
    columns: [
      { title: 'ID', cut: 'middle' },
      { title: 'VERSION' },
      { title: 'INSTALLED', tone: (cell) => (/update|not here/.test(cell) ? 'warning' : 'good') },
      { title: 'CATEGORY', spare: 1, tone: () => 'faint' },
      { title: 'REPOSITORY', cut: 'middle', spare: 3 },
      { title: 'DESCRIPTION', cut: 'end', spare: 2 },
    ],
    empty: 'no plugins found',
    rows: plugins.map((plugin) => [
      plugin.id,
      plugin.version ?? '',
      stateWord(plugin) || absent,
      plugin.category ?? '',
      plugin.repo,
      plugin.description ?? '',
    ]),
  }
}

/** `1.2.0, update, pinned, disabled` */
export function stateWord(plugin: PluginInfo): string {
  if (plugin.installed_version === null) return ''
  return [
    plugin.installed_version,
    plugin.update_available && 'update',
    plugin.pinned && 'pinned',
    !plugin.enabled && 'disabled',
  ]
    .filter(Boolean)
    .join(', ')
}

/** Warnings about plugins; all of them if the user asked for details. */
export function reportWarnings(plugins: PluginInfo[], { globals, terminal }: Invocation): void {
  if (globals.quiet) return
  const odd = plugins.filter(({ warnings }) => warnings.length > 0)
  if (!globals.verbose && odd.length > 0) {
    const ids = odd.map(({ id }) => id).slice(0, 5)
    const more = odd.length > ids.length ? ` and ${odd.length - ids.length} more` : ''
    terminal.note(
      `note: the manifests of ${ids.join(', ')}${more} have warnings: --verbose shows them`,
    )
    return
  }
  for (const { id, warnings } of odd) for (const what of warnings) terminal.note(`${id}: ${what}`)
}

/** A line about what was done with one plugin. */
export const done = (line: string, { globals }: Invocation): Page =>
  globals.quiet ? { kind: 'nothing' } : lines(line)
