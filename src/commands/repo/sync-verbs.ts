import { UsageError } from '../../base/errors.js'
import { fullNameOf } from '../../base/names/repository.js'
import type { Invocation } from '../../invocation.js'
import type { SyncMode } from '../../repos/plan.js'
import type { SyncReport } from '../../repos/report.js'
import type { SyncOptions } from '../../repos/run-sync.js'
import type { Shard } from '../../repos/targets/resolve.js'
import type { FlagSpecs, Flags } from '../flags.js'
import { defineVerb, type Example } from '../verb.js'
import { withFolders } from './folders.js'
import { reportFailure, reportPage } from './shared.js'

const flags = {
  concurrency: { type: 'integer', value: 'N', min: 1, max: 100, summary: 'repositories at a time' },
  'dry-run': { type: 'boolean', summary: 'show what would be done, and do nothing' },
  due: {
    type: 'boolean',
    summary: 'only those whose pull_schedule is due',
  },
  shard: { type: 'text', value: 'I/N', summary: 'only the I-th of N stable shares' },
  'lock-wait': {
    type: 'seconds',
    value: 'S',
    summary: 'wait for another wizard at this root (60)',
  },
  'allow-blocked': { type: 'boolean', summary: 'do not count blocked repositories as failures' },
} as const satisfies FlagSpecs

const targets = {
  name: 'target',
  summary: 'a repository, group or component, owner/repo or its address; default: all',
  optional: true,
  variadic: true,
}

function defineSyncVerb<N extends string>(
  mode: Exclude<SyncMode, 'reset'>,
  spec: { name: N; summary: string; examples: Example[] },
) {
  return defineVerb({
    ...spec,
    args: [targets],
    flags,
    async run(invocation, args, values) {
      const report = await runMode(invocation, mode, optionsFrom(args, values))
      if (
        report.repositories.some(({ reason }) => reason === 'missing') &&
        !invocation.globals.quiet
      ) {
        invocation.terminal.note('hint: wizard REPO SYNC clones what is missing')
      }
      return report
    },
    render: (report, invocation) => reportPage(report, invocation),
    partialFailure: (report, values) => reportFailure(report, values['allow-blocked']),
  })
}

const optionsFrom = (args: string[], values: Flags<typeof flags>): SyncOptions => ({
  targets: args,
  concurrency: values.concurrency,
  dryRun: values['dry-run'],
  due: values.due,
  shard: values.shard === undefined ? undefined : parseShard(values.shard),
  lockWait: values['lock-wait'] === undefined ? undefined : values['lock-wait'] * 1000,
})

async function runMode(
  invocation: Invocation,
  mode: SyncMode,
  options: SyncOptions,
): Promise<SyncReport> {
  const sync = await invocation.repoSync()
  const targets = await withFolders(invocation, options.targets ?? [])
  const placed = { ...options, targets }
  if (mode === 'clone') return sync.cloneAll(placed, invocation.call)
  return mode === 'pull'
    ? sync.pullAll(placed, invocation.call)
    : sync.sync(placed, invocation.call)
}

export const sync = defineSyncVerb('sync', {
  name: 'sync',
  summary: 'clone what is missing and pull the rest of repos.yaml',
  examples: [
    { command: 'wizard REPO SYNC', does: 'everything in repos.yaml with auto_pull' },
    { command: 'wizard REPO SYNC ucode-integrated', does: 'one group' },
    { command: 'wizard REPO SYNC --dry-run', does: 'show what would be done' },
    {
      command: 'wizard repo sync --due --quiet',
      does: 'for cron: what is due, silent if all is well',
    },
    { command: 'wizard REPO SYNC --json | jq .failed', does: 'for scripts' },
  ],
})

export const pullAll = defineSyncVerb('pull', {
  name: 'pull-all',
  summary: 'pull what is there; never clone',
  examples: [
    { command: 'wizard REPO PULL-ALL', does: 'every clone with auto_pull' },
    { command: 'wizard REPO PULL-ALL --shard 1/4', does: 'the first of four stable shares' },
    {
      command: 'wizard REPO PULL-ALL --allow-blocked',
      does: 'do not count local edits in the way as failures',
    },
  ],
})

export const cloneAll = defineSyncVerb('clone', {
  name: 'clone-all',
  summary: 'clone what is missing; never pull',
  examples: [
    { command: 'wizard REPO CLONE-ALL', does: 'everything in repos.yaml that is not here yet' },
    { command: 'wizard REPO CLONE-ALL typo micro', does: 'two of them' },
    { command: 'wizard REPO CLONE-ALL --concurrency 2', does: 'two at a time' },
  ],
})

/** @throws UsageError unless it is `I/N` with I from 1 to N */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(text)?.map(Number) ?? []
  if (!index || !count || index > count) {
    throw new UsageError(`--shard ${text} is not I/N with I from 1 to N`, {
      hint: 'for example --shard 1/4',
    })
  }
  return { index, count }
}

export const reset = defineVerb({
  name: 'reset',
  summary: 'move a clean, diverged clone to its remote; the old tip is kept',
  examples: [
    { command: 'wizard REPO RESET typo', does: 'asks first' },
    { command: 'wizard REPO RESET typo micro --yes', does: 'two, without a question' },
  ],
  args: [
    { name: 'target', summary: 'repositories, groups or components of repos.yaml', variadic: true },
  ],
  flags: {},
  async run(invocation, named) {
    const targets = await withFolders(invocation, named)
    // Loaded late: completion loads every verb's file.
    const { isExcluded } = await import('../../repos/targets/select.js')
    if (targets.every(isExcluded)) {
      throw new UsageError('REPO RESET needs TARGET', { hint: 'what to reset, or ALL' })
    }
    const sync = await invocation.repoSync()
    const { chosen } = await sync.wanted(targets, invocation.call)
    const question = `Reset ${chosen.map(fullNameOf).join(', ')}? Local commits are kept under refs/wizard/backup.`
    if (!(await invocation.terminal.confirm(question))) return null
    return sync.reset({ targets }, invocation.call)
  },
  render: (report, invocation) =>
    report === null
      ? { kind: 'lines', lines: ['Nothing was changed.'] }
      : reportPage(report, invocation),
  partialFailure: (report) => (report === null ? null : reportFailure(report, false)),
})
