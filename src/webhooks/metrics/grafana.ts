import type { MetricDefinition } from './definitions.js'

/**
 * A Grafana dashboard with one panel for each metric, to be imported with the Prometheus data source
 * that scrapes SERVE.
 * https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function grafanaDashboard(definitions: Readonly<Record<string, MetricDefinition>>): object {
  return {
    uid: 'wizard-webhooks',
    title: 'wizard webhooks',
    tags: ['wizard'],
    schemaVersion: 39,
    editable: true,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [sourceVariable, instanceVariable] },
    panels: Object.entries(definitions).map(([name, definition], index) =>
      panelOf(name, definition, index),
    ),
  }
}

const source = { type: 'prometheus', uid: '$source' }

const sourceVariable = {
  name: 'source',
  label: 'Data source',
  type: 'datasource',
  query: 'prometheus',
}

const instanceVariable = {
  name: 'instance',
  label: 'Instance',
  type: 'query',
  datasource: source,
  query: 'label_values(wizard_webhook_info, instance)',
  includeAll: true,
  multi: true,
  allValue: '.*',
  current: { text: 'All', value: '$__all' },
  refresh: 2,
}

/** Two panels a row; Grafana's grid has 24 columns. */
const width = 12
const height = 8

function panelOf(name: string, definition: MetricDefinition, index: number) {
  const { type, title, help, unit } = definition
  const perSecond = type === 'counter' ? 'cps' : 'short'
  return {
    id: index + 1,
    type: 'timeseries',
    title,
    description: help,
    datasource: source,
    gridPos: {
      x: (index % 2) * width,
      y: Math.floor(index / 2) * height,
      w: width,
      h: height,
    },
    fieldConfig: {
      defaults: { unit: unit === undefined ? perSecond : units[unit], min: 0 },
      overrides: [],
    },
    targets: queriesOf(name, definition).map(([legend, expr], at) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + at),
      datasource: source,
      expr,
      legendFormat: legend,
    })),
  }
}

/** Grafana's names. */
const units = { seconds: 's', bytes: 'bytes', timestamp: 'dateTimeFromNow' } as const

const instances = '{instance=~"$instance"}'

/** Legends, and PromQL. */
function queriesOf(name: string, { type, labels, unit }: MetricDefinition): [string, string][] {
  const legend = labels.map((label) => `{{${label}}}`).join(' ')
  const by = (...names: string[]) => (names.length === 0 ? '' : ` by (${names.join(', ')})`)
  if (type === 'counter') {
    return [[legend, `sum${by(...labels)} (rate(${name}${instances}[$__rate_interval]))`]]
  }
  if (type === 'gauge') {
    // Grafana counts time in milliseconds.
    const factor = unit === 'timestamp' ? ' * 1000' : ''
    return [[legend, `max${by(...labels)} (${name}${instances})${factor}`]]
  }
  const buckets = `sum${by('le', ...labels)} (rate(${name}_bucket${instances}[$__rate_interval]))`
  return [0.5, 0.99].map((share) => [
    `p${share * 100} ${legend}`.trim(),
    `histogram_quantile(${share}, ${buckets})`,
  ])
}
