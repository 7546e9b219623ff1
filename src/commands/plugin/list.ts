import { defineVerb } from '../verb.js'
import { pluginsPage } from './shared.js'

export const list = defineVerb({
  name: 'list',
  summary: 'list installed plugins and known updates; sends no request',
  examples: [
    { command: 'wizard PLUGIN LIST', does: 'one on each line' },
    {
      command: "wizard PLUGIN LIST --json | jq '.[] | select(.update_available) | .id'",
      does: 'what can be updated',
    },
  ],
  args: [],
  flags: {},
  async run(invocation) {
    const { list: read, filesMissing } = await import('../../plugins/list.js')
    const { terminal } = invocation
    const [config] = await Promise.all([invocation.localConfig(), terminal.followEvents()])
    const plugins = await read({ config, emit: (event) => terminal.emit(event) })
    const remedy = `${filesMissing}: wizard PLUGIN INSTALL --frozen installs them`
    return plugins.map(({ warnings, ...plugin }) => ({
      ...plugin,
      warnings: warnings.map((one) => (one === filesMissing ? remedy : one)),
    }))
  },
  isLong: true,
  render: (plugins) => pluginsPage(plugins, 'missing'),
})
