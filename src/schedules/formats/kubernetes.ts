import { Document } from 'yaml'
import { fieldsOf } from '../fields.js'
import type { CommandPlan } from '../plan.js'
import type { FormatRequest, ScheduleFile } from './request.js'

/**
 * A CronJob whose indexed job has one pod per shard; each shard has its own root on the volume,
 * because only one wizard may work in a root. And one of a single pod for the workflows.
 */
export function kubernetesManifest({
  plan,
  shards,
  timeZone,
  package: spec,
}: FormatRequest): ScheduleFile {
  const pulls = cronJob('wizard', oneFor(plan, timeZone), {
    completionMode: 'Indexed',
    completions: shards,
    parallelism: shards,
    backoffLimitPerIndex: 1,
    podFailurePolicy: { rules: [finalFailure('FailIndex')] },
    podReplacementPolicy: 'Failed',
    template: { metadata: { labels }, spec: podSpec(syncCommand(spec, shards), timeZone) },
  })
  const runs = cronJob('wizard-runs', oneFor(plan.runs, timeZone), {
    backoffLimit: 1,
    podFailurePolicy: { rules: [finalFailure('FailJob')] },
    podReplacementPolicy: 'Failed',
    template: { metadata: { labels }, spec: podSpec(runCommand(spec), timeZone) },
  })
  const hasRuns = plan.runs.schedules.length > 0
  const files = ['github.yaml', 'repos.yaml', ...(hasRuns ? ['components.yaml'] : [])]
  const documents = [...(plan.schedules.length > 0 ? [pulls] : []), ...(hasRuns ? [runs] : [])].map(
    (content) => new Document(content, { aliasDuplicateObjects: false }),
  )
  const [first] = documents
  if (first !== undefined) first.commentBefore = about(files)
  const content = documents.map((one) => one.toString({ lineWidth: 0 })).join('---\n')
  return { name: 'wizard-cronjob.yaml', content }
}

const cronJob = (
  name: string,
  when: { schedule: string; timeZone: string },
  job: Record<string, unknown>,
) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name, labels },
  spec: {
    ...when,
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: 3600,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 3,
    jobTemplate: { spec: job },
  },
})

/**
 * A pod that failed is not restarted: wizard does not retry before the next schedule, so a second
 * pod would find nothing to do and report success. A killed pod is restarted.
 */
const finalFailure = (action: 'FailIndex' | 'FailJob') => ({
  action,
  onExitCodes: { operator: 'In', values: [1, 2, 3, 4, 5, 6, 8, 9] },
})

const labels = { 'app.kubernetes.io/name': 'wizard' }

const about = (files: string[]) => `\
 Every pod takes one share of the repositories: JOB_COMPLETION_INDEX counts from 0, --shard from 1.
 Before the first run:
   kubectl create configmap wizard ${files.map((file) => `--from-file=${file}`).join(' ')}
   kubectl create secret generic wizard --from-literal=token="$GITHUB_TOKEN"
 and a claim named wizard that all pods may write (ReadWriteMany). Schedules are in the time zone given below.
 It runs the package behind npx: put that file on the volume (npm pack makes it), or name a published package
 there that you trust, with its exact version.
 It is for Kubernetes 1.29 and later.`

/**
 * A CronJob has one schedule. Several schedules are merged into one that starts whenever any of
 * them does; a run with nothing due is cheap. In several time zones it starts every hour.
 */
function oneFor({ schedules }: CommandPlan, local: string): { schedule: string; timeZone: string } {
  const zones = new Set(schedules.map(({ timezone }) => timezone ?? local))
  const [timeZone = local, ...otherZones] = zones
  const [only, ...more] = schedules
  if (only !== undefined && more.length === 0) return { schedule: only.schedule, timeZone }
  const all = schedules.map(({ schedule }) => fieldsOf(schedule))
  const union = (name: 'minutes' | 'hours', span: number) => {
    const values = [...new Set(all.flatMap((fields) => fields[name]))]
    return values.length === span ? '*' : values.sort((one, other) => one - other).join(',')
  }
  const hours = otherZones.length > 0 ? '*' : union('hours', 24)
  return { schedule: `${union('minutes', 60)} ${hours} * * *`, timeZone }
}

const syncCommand = (spec: string, shards: number) =>
  `root="/data/shard-$JOB_COMPLETION_INDEX" && mkdir -p "$root" && exec npx --yes ${spec} repo sync --due --quiet --shard "$((JOB_COMPLETION_INDEX + 1))/${shards}" --config /config --root "$root"`

const runCommand = (spec: string) =>
  `mkdir -p /data/runs && exec npx --yes ${spec} workflow run --due --quiet --config /config --root /data/runs`

function podSpec(command: string, timeZone: string) {
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'wizard',
        image: 'node:24-slim',
        command: ['/bin/sh', '-c', command],
        env: [
          { name: 'TZ', value: timeZone },
          { name: 'HOME', value: '/tmp' },
          {
            name: 'GITHUB_TOKEN',
            valueFrom: { secretKeyRef: { name: 'wizard', key: 'token' } },
          },
        ],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '1Gi' } },
        volumeMounts: [
          { name: 'config', mountPath: '/config', readOnly: true },
          { name: 'data', mountPath: '/data' },
        ],
      },
    ],
    volumes: [
      { name: 'config', configMap: { name: 'wizard' } },
      { name: 'data', persistentVolumeClaim: { claimName: 'wizard' } },
    ],
  }
}
