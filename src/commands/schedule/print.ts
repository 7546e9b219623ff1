import { UsageError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { Config } from '../../config/load.js'
import type { Invocation } from '../../invocation.js'
import type { ScheduleFile } from '../../schedules/formats/request.js'
import type { SchedulePlan } from '../../schedules/plan.js'
import { version } from '../../version.js'
import { defineVerb } from '../verb.js'
import { type Format, formatFlag, noteWarnings, scheduleWarningsOf } from './shared.js'

const defaultShards = 4

export const print = defineVerb({
  name: 'print',
  summary: 'print the schedules for cron and other schedulers',
  examples: [
    { command: 'wizard SCHEDULE PRINT', does: 'lines for the crontab; INSTALL writes them' },
    { command: 'wizard SCHEDULE PRINT --format systemd', does: "a user's service and timer" },
    {
      command: 'wizard SCHEDULE PRINT --format github-actions --shards 8',
      does: 'a workflow of eight jobs that share the repositories',
    },
    {
      command: 'wizard SCHEDULE PRINT --format kubernetes | kubectl apply -f -',
      does: 'a CronJob with a pod for each share',
    },
  ],
  args: [],
  flags: {
    format: formatFlag,
    shards: {
      type: 'integer',
      value: 'N',
      min: 1,
      max: 256,
      summary: `jobs of kubernetes and github-actions (${defaultShards})`,
    },
    package: {
      type: 'text',
      value: 'SPEC',
      summary: 'what npx runs there: NAME@VERSION, or a file',
    },
  },
  async run(invocation, _args, { format = 'cron', shards, package: spec }) {
    const isLocal = format === 'cron' || format === 'systemd'
    if (isLocal && (shards !== undefined || spec !== undefined)) {
      const name = shards === undefined ? '--package' : '--shards'
      throw new UsageError(
        `${name} works only with kubernetes and github-actions, not with ${format}`,
      )
    }
    if (spec !== undefined) assertPinned(spec)
    const { planSchedules } = await import('../../schedules/plan.js')
    const config = await invocation.config()
    const plan = await planSchedules(config)
    if (format === 'github-actions' && plan.schedules.length === 0)
      throw new UsageError(noRuns, { hint: 'or use --format kubernetes' })
    const files = await filesFor(invocation, format, {
      config,
      plan,
      shards: shards ?? defaultShards,
      spec,
    })
    const warnings = isLocal ? await scheduleWarningsOf(invocation, config) : []
    if (format === 'github-actions' && plan.runs.schedules.length > 0) warnings.push(noRuns)
    noteWarnings(invocation, warnings)
    const { schedules, catchUp, runs } = plan
    return {
      ...{ format, files, schedules, catch_up: catchUp },
      ...{ run_schedules: runs.schedules, run_catch_up: runs.catchUp },
      warnings,
    }
  },
  isLong: true,
  render: ({ files }) => ({
    kind: 'bytes',
    bytes: Buffer.from(files.map(({ content }) => content).join('\n')),
  }),
})

/** Actions may drop the cache where wizard would remember what it has dispatched. */
const noRuns =
  'GitHub Actions gets no run_schedule of components.yaml: give the workflow itself `on: schedule`'

/** npx would run whatever somebody publishes later. @throws UsageError */
function assertPinned(spec: string): void {
  const isNamed = /^(?:@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+[\w.+-]*$/.test(spec)
  const isFile = /^\.{0,2}\/[\w./-]+\.tgz$/.test(spec)
  if (isNamed || isFile) return
  throw new UsageError(`--package ${oneLine(spec, 60)} is not pinned`, {
    hint: 'write NAME@1.2.3, or the path of a .tgz file',
  })
}

async function filesFor(
  { host: { launcher } }: Invocation,
  format: Format,
  {
    spec,
    ...made
  }: { config: Config; plan: SchedulePlan; shards: number; spec: string | undefined },
): Promise<ScheduleFile[]> {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const { packedName } = await import('../../schedules/formats/request.js')
  // On the volume in Kubernetes, in the checkout in Actions.
  const copy = `${format === 'kubernetes' ? '/data' : '.'}/${packedName(version)}`
  const request = { ...made, launcher, package: spec ?? copy, timeZone }
  if (format === 'systemd') {
    const { systemdUnits } = await import('../../schedules/formats/systemd.js')
    return systemdUnits(request)
  }
  if (format === 'kubernetes') {
    const { kubernetesManifest } = await import('../../schedules/formats/kubernetes.js')
    return [kubernetesManifest(request)]
  }
  if (format === 'github-actions') {
    const { githubActionsWorkflow } = await import('../../schedules/formats/github-actions.js')
    return [await githubActionsWorkflow(request)]
  }
  const { crontabBlock } = await import('../../schedules/cron/lines.js')
  const { lines } = crontabBlock(made.plan, made.config, launcher)
  return [{ name: 'crontab', content: `${lines.join('\n')}\n` }]
}
