import { UsageError } from '../../base/errors.js'
import { formatBytes, oneLine, plainText } from '../../base/text.js'
import type { Invocation } from '../../invocation.js'
import type { InstalledPlugin } from '../../plugins/installed.js'
import { marks } from '../../terminal/marks.js'
import { lines, type Page } from '../../terminal/page.js'
import { defineVerb } from '../verb.js'
import {
  confirmPublisher,
  forceFlag,
  installedId,
  pluginArgument,
  pluginTarget,
  trustFlag,
} from './shared.js'

export const install = defineVerb({
  name: 'install',
  summary: 'install a plugin and its dependencies, verified, all or nothing',
  examples: [
    { command: 'wizard PLUGIN INSTALL micro', does: 'the latest version, by its id' },
    { command: 'wizard PLUGIN INSTALL uDOS/micro@v1.2.0', does: 'one version of a repository' },
    { command: 'wizard PLUGIN INSTALL --frozen', does: 'what plugins.lock.json names, exactly' },
  ],
  args: [{ ...pluginArgument, optional: true }],
  flags: {
    frozen: {
      type: 'boolean',
      summary: 'install exactly what plugins.lock.json says, or nothing',
    },
    ...trustFlag,
    ...forceFlag,
  },
  async run(invocation, [text], { frozen, trust, force }) {
    const registry = await invocation.pluginRegistry()
    const confirm = { confirmPublisher: confirmPublisher(invocation, trust) }
    if (!frozen) {
      if (text === undefined) throw nothingNamed()
      const target = { ...(await pluginTarget(invocation, text)), ...confirm, force }
      return { plugins: await registry.install(target, invocation.call), one: true }
    }
    if (text?.includes('@')) {
      throw new UsageError(`--frozen installs the locked version, so ${text} can't name one`, {
        hint: 'omit the @version, or --frozen',
      })
    }
    const id = text === undefined ? null : await installedId(invocation, text)
    return {
      plugins: await registry.installFrozen({ id, ...confirm }, invocation.call),
      one: id !== null,
    }
  },
  json: ({ plugins, one }) => (one ? withNeeds(plugins) : plugins),
  render: ({ plugins }, invocation) => installedPage(plugins, invocation),
})

const nothingNamed = () =>
  new UsageError('PLUGIN INSTALL needs a plugin', {
    hint: 'write owner/repo or an id, or give only --frozen to install what plugins.lock.json names',
  })

/** The requested plugin, and the dependencies installed before it. */
function withNeeds(plugins: InstalledPlugin[]) {
  // There is always one: it was named.
  const requested = plugins.at(-1) as InstalledPlugin
  return { ...requested, dependencies: plugins.slice(0, -1) }
}

/** A line for each, and the commands that its author recommends. */
export function installedPage(plugins: InstalledPlugin[], { globals }: Invocation): Page {
  if (globals.quiet) return { kind: 'nothing' }
  return lines(...plugins.flatMap(linesOf))
}

function linesOf(plugin: InstalledPlugin): string[] {
  const { id, version, tag, status, repo, size, path, needed_by: by, post_install } = plugin
  const why = by === null ? '' : `, needed by ${by}`
  const what = status === 'unchanged' ? 'is already installed' : status
  const at = oneLine(version ?? tag, 60)
  const line = `${marks.good} ${id} ${at} ${what} (${repo}@${oneLine(tag, 60)}, ${formatBytes(size)}${why}) → ${path}`
  if (post_install.length === 0) return [line]
  return [
    line,
    `   its author asks you to run this, which wizard never does:`,
    // Prefixes each line, so that none looks like wizard's own.
    ...post_install
      .flatMap((command) => plainText(command).split('\n'))
      .map((one) => `     ${one}`),
  ]
}
