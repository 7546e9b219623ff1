import type { Pruned } from '../../repos/prune.js'
import { defineVerb } from '../verb.js'
import { failureOf } from './shared.js'

export const prune = defineVerb({
  name: 'prune',
  summary: 'move clones that repos.yaml no longer names to the trash',
  examples: [
    {
      command: 'wizard REPO PRUNE --dry-run',
      does: 'what would be moved, and what is kept and why',
    },
    { command: 'wizard REPO PRUNE', does: 'asks first' },
    {
      command: 'wizard REPO PRUNE --yes --max 5',
      does: 'for cron: more than five must be a mistake',
    },
  ],
  args: [],
  flags: {
    max: {
      type: 'integer',
      value: 'N',
      min: 0,
      summary: 'move nothing if there are more than N',
    },
    'dry-run': { type: 'boolean', summary: 'only list them' },
  },
  async run(invocation, _args, { max, 'dry-run': dryRun }) {
    const sync = await invocation.repoSync()
    return sync.prune(
      {
        max,
        dryRun,
        confirm: (found) => invocation.terminal.confirm(questionOn(found)),
      },
      invocation.call,
    )
  },
  json: ({ clones }) => clones,
  render: ({ clones, failures }, invocation) =>
    clones.length === 0
      ? { kind: 'lines', lines: invocation.globals.quiet || failures.length > 0 ? [] : [nothing] }
      : {
          kind: 'table',
          columns: [
            { title: 'REPOSITORY', cut: 'middle' },
            { title: 'ACTION', tone: (cell) => (cell === 'kept' ? 'warning' : undefined) },
            { title: 'FOLDER', cut: 'middle', spare: 1 },
            { title: 'WHY OR WHERE', cut: 'wrap' },
          ],
          rows: clones.map(({ repo, action, path, reasons, trash }) => [
            repo,
            action,
            path,
            trash ?? reasons.join('; '),
          ]),
        },
  partialFailure: ({ failures }) => failureOf(failures, { of: failures, total: failures.length }),
})

const nothing = 'Nothing to prune.'

const questionOn = (found: Pruned[]) =>
  `Move ${found.length === 1 ? 'a clone' : `${found.length} clones`} that repos.yaml no longer names to the trash? ${found.map(({ path }) => path).join(', ')}`
