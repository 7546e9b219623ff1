import { UsageError } from '../../base/errors.js'
import { parseIndexName } from '../../base/names/repository.js'
import type { PluginSource } from '../../plugins/discover/discover.js'
import { defineVerb } from '../verb.js'
import { pluginsPage, reportWarnings } from './shared.js'

export const search = defineVerb({
  name: 'search',
  summary: 'list available plugins, by topic, owner or index',
  examples: [
    { command: 'wizard PLUGIN SEARCH', does: 'all available plugins' },
    { command: 'wizard PLUGIN SEARCH editor --json', does: 'by words, for scripts' },
    { command: 'wizard PLUGIN SEARCH --owner uDOS', does: 'in the repositories of one owner' },
    { command: 'wizard PLUGIN SEARCH --index uDOS/plugins:index.json', does: 'listed in a file' },
  ],
  args: [{ name: 'query', summary: 'words that must all match', optional: true, variadic: true }],
  flags: {
    topic: { type: 'text', value: 'T', summary: 'repositories with this topic (udos-plugin)' },
    owner: { type: 'text', value: 'O', summary: 'repositories of this organization or user' },
    index: {
      type: 'text',
      value: 'owner/repo[:path]',
      summary: 'repositories listed in a file (index.json)',
    },
    limit: { type: 'integer', value: 'N', min: 1, summary: 'at most N' },
  },
  async run(invocation, words, { topic, owner, index, limit }) {
    const sources = sourcesOf({ topic, owner, index })
    const registry = await invocation.pluginRegistry()
    return registry.search(
      { words: words.flatMap((word) => word.split(/\s+/)), sources, limit },
      invocation.call,
    )
  },
  json: ({ plugins }) => plugins,
  isLong: true,
  render: ({ plugins }, invocation) => {
    reportWarnings(plugins, invocation)
    return pluginsPage(plugins)
  },
  partialFailure: ({ failed: [first, ...others] }) => {
    if (first === undefined) return null
    const { source, error } = first
    const more =
      others.length === 0 ? '' : `; nor can ${others.map((one) => one.source).join(', ')}`
    return {
      code: 'FAILED',
      message: `plugins may be missing: ${source} can't be read: ${error.message}${more}`,
      hint: error.hint,
      remedy: error.remedy,
    }
  },
})

/** With a topic, an owner narrows it; without one, it is a source of its own. */
function sourcesOf({
  topic,
  owner,
  index,
}: Record<'topic' | 'owner' | 'index', string | undefined>) {
  if (topic !== undefined && !/^[a-z0-9][a-z0-9-]{0,49}$/i.test(topic)) {
    throw new UsageError(`not a topic: ${topic}`, {
      hint: 'expected letters, digits and hyphens, such as udos-plugin',
    })
  }
  const sources: PluginSource[] = []
  if (topic !== undefined) {
    sources.push({ kind: 'topic', topic: topic.toLowerCase(), owner: owner ?? null })
  } else if (owner !== undefined) sources.push({ kind: 'owner', owner })
  if (index !== undefined) sources.push({ kind: 'index', index: indexOf(index) })
  return sources
}

function indexOf(text: string) {
  const index = parseIndexName(text)
  if (index) return index
  throw new UsageError(`not an index: ${text}`, { hint: 'write OWNER/NAME or OWNER/NAME:PATH' })
}
