import { defineVerb } from '../verb.js'
import { pluginsPage } from './page.js'

export const list = defineVerb({
  name: 'list',
  summary: 'what is installed, and whether a later version is known; no request',
  examples: [
    { command: 'wizard PLUGIN LIST', does: 'one a line' },
    {
      command: "wizard PLUGIN LIST --json | jq '.[] | select(.update_available) | .id'",
      does: 'what can be updated',
    },
  ],
  args: [],
  flags: {},
  async run(context) {
    const { list: read } = await import('../../plugins/list.js')
    const [config, emit] = await Promise.all([context.localConfig(), context.events()])
    return read({ config, emit })
  },
  render: (plugins) => pluginsPage(plugins, 'not here'),
})
