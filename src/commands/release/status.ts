import { ConfigError, NotFoundError } from '../../base/errors.js'
import type { Component } from '../../config/files/components.js'
import type { Invocation } from '../../invocation.js'
import { findComponent } from '../targets.js'
import { defineVerb } from '../verb.js'

export const status = defineVerb({
  name: 'status',
  summary: 'show each component, its last tag, and what is not released yet',
  examples: [
    { command: 'wizard RELEASE STATUS', does: 'all components' },
    {
      command: 'wizard RELEASE STATUS --json | jq -r \'.[] | select(.state=="ready").component\'',
      does: 'those that can be published',
    },
  ],
  args: [{ name: 'component', summary: 'none: all', optional: true, variadic: true }],
  flags: {},
  async run(invocation, names) {
    const components = await chosen(invocation, names)
    return (await invocation.releaseManager()).status({ components }, invocation.call)
  },
  isLong: true,
  render: (found) => ({
    kind: 'table',
    columns: [
      { title: 'COMPONENT', cut: 'middle' },
      {
        title: 'STATE',
        tone: (cell) => (cell === 'released' ? 'good' : cell === 'failed' ? 'bad' : 'warning'),
      },
      { title: 'LAST TAG', cut: 'middle', spare: 1 },
      { title: 'NEXT VERSION', cut: 'middle' },
      { title: 'COMMITS', align: 'right' },
      { title: 'NOTE', cut: 'wrap' },
    ],
    rows: found.map((one) => [
      one.component,
      one.state,
      one.tag ?? '',
      one.next_version ?? '',
      one.unreleased === null ? '' : String(one.unreleased),
      one.error?.message ?? (one.draft_url === null ? '' : `draft: ${one.draft_url}`),
    ]),
  }),
  partialFailure: (found) => {
    const failed = found.flatMap(({ error }) => error ?? [])
    const [first] = failed
    if (first === undefined) return null
    const isCommon = failed.length === found.length
    const code = isCommon && failed.every((one) => one.code === first.code) ? first.code : 'FAILED'
    return { code, message: `${failed.length} of ${found.length} components could not be checked` }
  },
})

/** @throws ConfigError if there are no components; NotFoundError for an unknown name */
async function chosen(invocation: Invocation, names: string[]): Promise<Component[]> {
  const components = await (await invocation.config()).components()
  const all = Object.values(components)
  if (all.length === 0) {
    throw new ConfigError('no components are configured', { hint: 'add them to components.yaml' })
  }
  if (names.length === 0 || names.some((name) => name.toUpperCase() === 'ALL')) return all
  return names.map((name) => {
    const component = findComponent(components, name)
    if (component !== undefined) return component
    throw new NotFoundError(`not a component: ${name}`, {
      hint: `known components: ${all.map((one) => one.name).join(', ')}`,
    })
  })
}
