export interface MetricDefinition {
  type: 'counter' | 'gauge' | 'histogram'
  /** The title of its panel. */
  title: string
  help: string
  labels: readonly string[]
  /** Upper bounds of a histogram, ascending. */
  buckets?: readonly number[]
  /** The unit of its values; a count has none. */
  unit?: 'seconds' | 'bytes' | 'timestamp'
}

/** Seconds: from a commit on a fast disk to GitHub's limit of ten. */
const short = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Seconds: from a quick command to the longest tests. */
const long = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 1800, 3600, 14400]

/** Every metric of SERVE: `GET /metrics` and the dashboard are made from this table. */
export const metricDefinitions = {
  wizard_webhook_deliveries_total: {
    type: 'counter',
    title: 'Deliveries received',
    help: 'Deliveries by event and outcome: accepted, duplicate, repeat or ignored.',
    labels: ['event', 'outcome'],
  },
  wizard_webhook_refused_total: {
    type: 'counter',
    title: 'Requests refused',
    help: 'Requests that were refused, by HTTP status.',
    labels: ['code'],
  },
  wizard_webhook_accept_seconds: {
    type: 'histogram',
    title: 'Time to the answer',
    help: "Time from a delivery's headers to its answer.",
    labels: [],
    buckets: short,
    unit: 'seconds',
  },
  wizard_webhook_commit_seconds: {
    type: 'histogram',
    title: 'Time of a commit',
    help: 'Time of one commit of deliveries to the store.',
    labels: [],
    buckets: short,
    unit: 'seconds',
  },
  wizard_webhook_batch_size: {
    type: 'histogram',
    title: 'Deliveries in a commit',
    help: 'Deliveries in one commit.',
    labels: [],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
  },
  wizard_webhook_runs_total: {
    type: 'counter',
    title: 'Runs',
    help: 'Runs of handlers by result: done, retry or dead.',
    labels: ['handler', 'result'],
  },
  wizard_webhook_run_seconds: {
    type: 'histogram',
    title: 'Time of a run',
    help: "Time of a handler's runs.",
    labels: ['handler'],
    buckets: long,
    unit: 'seconds',
  },
  wizard_webhook_deliveries: {
    type: 'gauge',
    title: 'Deliveries in the store',
    help: 'Deliveries in the store by status.',
    labels: ['status'],
  },
  wizard_webhook_running: {
    type: 'gauge',
    title: 'Running',
    help: 'Runs of a handler at this moment, on this machine.',
    labels: ['handler'],
  },
  wizard_webhook_oldest_waiting_seconds: {
    type: 'gauge',
    title: 'Oldest waiting delivery',
    help: 'Age of the oldest delivery that waits; 0 if none does.',
    labels: [],
    unit: 'seconds',
  },
  wizard_webhook_last_delivery_timestamp_seconds: {
    type: 'gauge',
    title: 'Last delivery',
    help: 'When the last delivery arrived, in seconds since 1970.',
    labels: [],
    unit: 'timestamp',
  },
  wizard_webhook_store_bytes: {
    type: 'gauge',
    title: 'Size of the store',
    help: 'Size of the store with its log.',
    labels: [],
    unit: 'bytes',
  },
  wizard_webhook_store_up: {
    type: 'gauge',
    title: 'Store up',
    help: '1 if the last commit succeeded, 0 if it failed.',
    labels: [],
  },
  wizard_webhook_info: {
    type: 'gauge',
    title: 'Version',
    help: 'Always 1; its labels name the version and the engine of the store.',
    labels: ['version', 'engine'],
  },
} as const satisfies Record<string, MetricDefinition>

type Definitions = typeof metricDefinitions

/** The names of one type of metric. */
export type MetricName<Type extends MetricDefinition['type']> = {
  [Name in keyof Definitions]: Definitions[Name]['type'] extends Type ? Name : never
}[keyof Definitions]

export type MetricLabels<Name extends keyof Definitions> = Record<
  Definitions[Name]['labels'][number],
  string
>
