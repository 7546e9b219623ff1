import type { PluginRegistry } from '../../plugins/plugin-registry.js'
import type { PluginInfo } from '../../plugins/session.js'
import { marks } from '../../terminal/marks.js'
import { defineVerb } from '../verb.js'
import { installedPage } from './install.js'
import { done, forceFlag, idArgument, installedId } from './shared.js'

type ChangeName = 'enable' | 'disable' | 'pin' | 'unpin'

interface ChangeSpec<N extends ChangeName> {
  name: N
  summary: string
  does: string
  said: string
}

const defineChange = <N extends ChangeName>({ name, summary, does, said }: ChangeSpec<N>) =>
  defineVerb({
    name,
    summary,
    examples: [{ command: `wizard PLUGIN ${name.toUpperCase()} micro`, does }],
    args: [idArgument],
    flags: {},
    async run(invocation, [text = '']): Promise<PluginInfo> {
      const id = await installedId(invocation, text)
      const registry: PluginRegistry = await invocation.pluginRegistry()
      return registry[name](id, invocation.call)
    },
    render: ({ id }, invocation) => done(`${marks.good} ${id} ${said}`, invocation),
  })

export const enable = defineChange({
  name: 'enable',
  summary: 'enable an installed plugin',
  does: 'its files stay as they are',
  said: 'enabled',
})

export const disable = defineChange({
  name: 'disable',
  summary: 'disable a plugin; its files stay, and updates keep it disabled',
  does: 'programs that load plugins ignore it',
  said: 'disabled',
})

export const pin = defineChange({
  name: 'pin',
  summary: 'keep a plugin at its version',
  does: 'until UNPIN',
  said: 'pinned',
})

export const unpin = defineChange({
  name: 'unpin',
  summary: 'let UPDATE change a plugin again',
  does: 'from the next UPDATE on',
  said: 'unpinned',
})

export const remove = defineVerb({
  name: 'remove',
  summary: 'remove a plugin; files that you changed go to the trash',
  examples: [{ command: 'wizard PLUGIN REMOVE micro', does: 'and its previous version' }],
  args: [idArgument],
  flags: forceFlag,
  async run(invocation, [text = ''], { force }) {
    const id = await installedId(invocation, text)
    return (await invocation.pluginRegistry()).remove({ id, force }, invocation.call)
  },
  render: ({ id }, invocation) => done(`${marks.good} ${id} removed`, invocation),
})

export const rollback = defineVerb({
  name: 'rollback',
  summary: 'go back to the previous version, byte for byte; again: forward',
  examples: [{ command: 'wizard PLUGIN ROLLBACK micro', does: 'sends no request' }],
  args: [idArgument],
  flags: {},
  async run(invocation, [text = '']) {
    const id = await installedId(invocation, text)
    return (await invocation.pluginRegistry()).rollback(id, invocation.call)
  },
  render: (plugin, invocation) => installedPage([plugin], invocation),
})
