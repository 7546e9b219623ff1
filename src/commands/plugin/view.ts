import type { ViewedPlugin } from '../../plugins/view.js'
import type { Page } from '../../terminal/page.js'
import { defineVerb } from '../verb.js'
import { pluginArgument, pluginTarget } from './shared.js'

export const view = defineVerb({
  name: 'view',
  summary: 'show a plugin and its manifest; default: the latest version',
  examples: [
    { command: 'wizard PLUGIN VIEW micro', does: 'by its id' },
    { command: 'wizard PLUGIN VIEW uDOS/micro@v1.2.0 --json', does: 'one version, for scripts' },
  ],
  args: [pluginArgument],
  flags: {},
  async run(invocation, [text = '']) {
    const target = await pluginTarget(invocation, text)
    return (await invocation.pluginRegistry()).view(target, invocation.call)
  },
  isLong: true,
  render: viewPage,
})

function viewPage(plugin: ViewedPlugin): Page {
  const { installed, manifest } = plugin
  const rows = [
    ['id', plugin.id],
    ['name', plugin.name],
    ['version', `${plugin.version ?? 'none'} (${plugin.tag})`],
    ['description', plugin.description ?? ''],
    ['category', plugin.category ?? ''],
    ['license', plugin.license ?? ''],
    ['repository', plugin.repo],
    ['commit', plugin.commit],
    ['installed', installed === null ? 'no' : `${installed.tag}, ${installed.path}`],
    ['needs', jsonOf(manifest.dependencies)],
    ['permissions', jsonOf(manifest.permissions)],
    ...plugin.post_install.map((command) => ['post-install', command]),
    ...plugin.warnings.map((what) => ['odd', what]),
  ]
  return {
    kind: 'table',
    columns: [
      { title: 'FIELD', tone: () => 'faint' },
      { title: 'VALUE', cut: 'wrap' },
    ],
    rows: rows.filter(([, value]) => value !== ''),
  }
}

const jsonOf = (value: unknown): string =>
  value === undefined || value === null ? '' : JSON.stringify(value)
