import type { VerifiedPlugin } from '../../plugins/verify.js'
import { defineVerb } from '../verb.js'
import { idsOf } from './update.js'

export const verify = defineVerb({
  name: 'verify',
  summary: 'compare every file with what was installed; exit 1 if one differs',
  examples: [
    { command: 'wizard PLUGIN VERIFY', does: 'all plugins' },
    { command: 'wizard PLUGIN VERIFY micro --quiet', does: 'one, for scripts, by its exit status' },
  ],
  args: [{ name: 'name', summary: 'ids; none or ALL: all', optional: true, variadic: true }],
  flags: {},
  async run(invocation, names) {
    const ids = await idsOf(invocation, names)
    return (await invocation.pluginRegistry()).verify(ids, invocation.call)
  },
  render: (plugins, { globals }) =>
    globals.quiet && plugins.every(({ status }) => status === 'ok')
      ? { kind: 'nothing' }
      : {
          kind: 'table',
          columns: [
            { title: 'ID', cut: 'middle' },
            { title: 'STATUS', tone: (cell) => (cell === 'ok' ? 'good' : 'bad') },
            { title: 'FILES', spare: 1, align: 'right' },
            { title: 'DIFFERENCES', cut: 'wrap' },
          ],
          empty: 'no plugins are installed',
          rows: plugins.map((plugin) => [
            plugin.id,
            plugin.status,
            String(plugin.files),
            differences(plugin),
          ]),
        },
  partialFailure: (plugins) => {
    const bad = plugins.filter(({ status }) => status !== 'ok')
    if (bad.length === 0) return null
    return {
      code: 'FAILED',
      message: `${bad.length} of ${plugins.length} plugins differ from what was installed`,
      hint: 'wizard PLUGIN INSTALL NAME --frozen restores one; changed files are kept',
    }
  },
})

const differences = ({ changed, missing, extra, status }: VerifiedPlugin): string =>
  status === 'unknown'
    ? 'no record of what was installed'
    : [
        ...changed.map((path) => `${path} changed`),
        ...missing.map((path) => `${path} is missing`),
        ...extra.map((path) => `${path} was added`),
      ].join('; ')
