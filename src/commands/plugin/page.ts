import type { Invocation } from '../../invocation.js'
import type { PluginInfo } from '../../plugins/types.js'
import { lines, type Page } from '../../terminal/page.js'

/** One plugin a line. @param absent what stands for one whose files are not here */
export function pluginsPage(plugins: PluginInfo[], absent = ''): Page {
  return {
    kind: 'table',
    columns: [
      { title: 'ID', flexible: true },
      { title: 'VERSION' },
      { title: 'INSTALLED', tone: (cell) => (/update|not here/.test(cell) ? 'warning' : 'good') },
      { title: 'CATEGORY', tone: () => 'faint' },
      { title: 'REPOSITORY', flexible: true },
      { title: 'DESCRIPTION', flexible: true },
    ],
    rows: plugins.map((plugin) => [
      plugin.id,
      plugin.version ?? '',
      stateOf(plugin) || absent,
      plugin.category ?? '',
      plugin.repo,
      plugin.description ?? '',
    ]),
  }
}

/** `1.2.0, update, pinned, disabled` */
export function stateOf(plugin: PluginInfo): string {
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

/** What is odd about plugins: all of it where a person asked to be told. */
export function tellWarnings(plugins: PluginInfo[], { globals, terminal }: Invocation): void {
  if (globals.quiet) return
  const odd = plugins.filter(({ warnings }) => warnings.length > 0)
  if (!globals.verbose && odd.length > 0) {
    const ids = odd.map(({ id }) => id).slice(0, 5)
    const more = odd.length > ids.length ? ` and ${odd.length - ids.length} more` : ''
    terminal.note(`note: the manifests of ${ids.join(', ')}${more} are odd: --verbose tells`)
    return
  }
  for (const { id, warnings } of odd) for (const what of warnings) terminal.note(`${id}: ${what}`)
}

/** A line of what was done with one plugin. */
export const done = (line: string, { globals }: Invocation): Page =>
  globals.quiet ? { kind: 'nothing' } : lines(line)
