import type { HintParts } from '../../base/hint.js'
import type { Invocation } from '../../invocation.js'
import type { UpdatedPlugin } from '../../plugins/update.js'
import type { Page } from '../../terminal/page.js'
import type { Tone } from '../../terminal/stream.js'
import { sharedFailure } from '../partial-failure.js'
import { defineVerb, type PartialFailure } from '../verb.js'
import { confirmPublisher, forceFlag, installedId, trustFlag } from './shared.js'

export const update = defineVerb({
  name: 'update',
  summary: 'update plugins to their latest versions, except pinned ones',
  examples: [
    { command: 'wizard PLUGIN UPDATE', does: 'all of them, like ALL' },
    { command: 'wizard PLUGIN UPDATE micro typo', does: 'two of them' },
    { command: 'wizard PLUGIN UPDATE --dry-run', does: 'show what would be done' },
  ],
  args: [{ name: 'name', summary: 'ids; none or ALL: all', optional: true, variadic: true }],
  flags: {
    'dry-run': { type: 'boolean', summary: 'show what would be done, and change nothing' },
    ...trustFlag,
    ...forceFlag,
  },
  async run(invocation, names, { 'dry-run': dryRun, trust, force }) {
    const ids = await idsOf(invocation, names)
    return (await invocation.pluginRegistry()).update(
      { ids, dryRun, force, confirmPublisher: confirmPublisher(invocation, trust) },
      invocation.call,
    )
  },
  render: updatePage,
  partialFailure: (plugins) => {
    const bad = plugins.filter(({ status }) => status === 'failed')
    const message = `${bad.length} of ${plugins.length} plugins failed`
    const failure = sharedFailure(bad, { of: plugins, message })
    // The table has room for messages only.
    return failure && { ...failure, ...hintsOf(bad) }
  },
})

/** The hint of the only plugin that failed, or those of several, each once. */
function hintsOf(bad: UpdatedPlugin[]): Pick<PartialFailure, 'hint' | 'remedy'> {
  const hints = new Map<string, { ids: string[]; parts: HintParts }>()
  for (const { id, error } of bad) {
    if (!error?.hint) continue
    const known = hints.get(error.hint) ?? { ids: [], parts: error.remedy ?? [error.hint] }
    hints.set(error.hint, { ...known, ids: [...known.ids, id] })
  }
  const isOne = bad.length === 1
  const remedy = [...hints.values()].flatMap(
    ({ ids, parts }, index): HintParts => [
      `${index === 0 ? '' : '; '}${isOne ? '' : `${ids.join(', ')}: `}`,
      ...parts,
    ],
  )
  return { hint: [...hints.keys()].join('; ') || null, remedy }
}

/** No names, or ALL: an empty list, which means all. */
export const idsOf = async (invocation: Invocation, names: string[]): Promise<string[]> =>
  names.some((name) => name.toUpperCase() === 'ALL')
    ? []
    : Promise.all(names.map((name) => installedId(invocation, name)))

const tones: Record<string, Tone> = {
  updated: 'good',
  unchanged: 'faint',
  pinned: 'faint',
  failed: 'bad',
  update: 'warning',
}

function updatePage(plugins: UpdatedPlugin[], { globals }: Invocation): Page {
  if (globals.quiet && plugins.every(({ status }) => status !== 'failed'))
    return { kind: 'nothing' }
  return {
    kind: 'table',
    columns: [
      { title: 'ID', cut: 'middle' },
      { title: 'STATUS', tone: (cell) => tones[cell] },
      { title: 'FROM' },
      { title: 'TO' },
      { title: 'NOTE', cut: 'wrap' },
    ],
    empty: 'no plugins are installed',
    rows: plugins.map(({ id, status, planned, from, to, error }) => [
      id,
      planned ?? status,
      from,
      to,
      error?.message ?? '',
    ]),
  }
}
