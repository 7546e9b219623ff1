import { UsageError } from '../../base/errors.js'
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
  summary: "what a scheduler needs to run repos.yaml's pull_schedules",
  examples: [
    { command: 'wizard SCHEDULE PRINT', does: 'lines for the crontab; INSTALL puts them there' },
    { command: 'wizard SCHEDULE PRINT --format systemd', does: "a user's service and timer" },
    {
      command: 'wizard SCHEDULE PRINT --format github-actions --shards 8',
      does: 'a workflow of eight jobs that share the repositories',
    },
    {
      command: 'wizard SCHEDULE PRINT --format kubernetes | kubectl apply -f -',
      does: 'a CronJob with a pod a share',
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
  },
  async run(invocation, _args, { format = 'cron', shards }) {
    if (shards !== undefined && (format === 'cron' || format === 'systemd')) {
      throw new UsageError(`--shards is for kubernetes and github-actions, not for ${format}`)
    }
    const { planSchedules } = await import('../../schedules/plan.js')
    const config = await invocation.config()
    const plan = await planSchedules(config)
    const files = await filesFor(invocation, format, {
      config,
      plan,
      shards: shards ?? defaultShards,
    })
    const isLocal = format === 'cron' || format === 'systemd'
    const warnings = isLocal ? await scheduleWarningsOf(invocation, config) : []
    noteWarnings(invocation, warnings)
    return { format, files, schedules: plan.schedules, catch_up: plan.catchUp, warnings }
  },
  render: ({ files }) => ({
    kind: 'bytes',
    bytes: Buffer.from(files.map(({ content }) => content).join('\n')),
  }),
})

async function filesFor(
  { host: { launcher } }: Invocation,
  format: Format,
  made: { config: Config; plan: SchedulePlan; shards: number },
): Promise<ScheduleFile[]> {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const request = { ...made, launcher, version, timeZone }
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
