import { webhookEvents } from '../../base/names/webhook-events.js'
import {
  type MetricDefinition,
  type MetricLabels,
  type MetricName,
  metricDefinitions,
} from './definitions.js'

/** The counters and histograms of one SERVE. */
export interface Metrics {
  count<Name extends MetricName<'counter'>>(name: Name, labels: MetricLabels<Name>): void
  observe<Name extends MetricName<'histogram'>>(
    name: Name,
    labels: MetricLabels<Name>,
    value: number,
  ): void
  /**
   * All metrics, with these gauges, in Prometheus' text format.
   * https://prometheus.io/docs/instrumenting/exposition_formats/
   */
  text(gauges: readonly GaugeSample[]): string
}

export type GaugeSample = {
  [Name in MetricName<'gauge'>]: { name: Name; labels: MetricLabels<Name>; value: number }
}[MetricName<'gauge'>]

/** The `Content-Type` of `text`. */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8'

export function createMetrics(): Metrics {
  const counters = new Map<string, Map<string, number>>()
  const histograms = new Map<string, Map<string, Histogram>>()
  for (const [name, { type, labels, buckets }] of definitions) {
    if (type === 'counter') counters.set(name, new Map())
    if (type !== 'histogram') continue
    // Without labels there is one series, which begins at zero.
    const series = labels.length === 0 ? [['', emptyHistogram(buckets)] as const] : []
    histograms.set(name, new Map(series))
  }
  return {
    count(name, labels) {
      const series = counters.get(name)
      const key = labelText(labels)
      series?.set(key, (series.get(key) ?? 0) + 1)
    },
    observe(name, labels, value) {
      const series = histograms.get(name)
      const key = labelText(labels)
      const histogram = series?.get(key) ?? emptyHistogram(metricDefinitions[name].buckets)
      series?.set(key, histogram)
      addValue(histogram, value)
    },
    text: (gauges) =>
      definitions
        .flatMap(([name, { type, help }]) => [
          `# HELP ${name} ${help}`,
          `# TYPE ${name} ${type}`,
          ...counterLines(name, counters.get(name)),
          ...histogramLines(name, histograms.get(name)),
          ...gauges.filter((gauge) => gauge.name === name).map(gaugeLine),
          '',
        ])
        .join('\n'),
  }
}

/** Each value of a label is a series of its own, so a sender must not choose it. */
export const eventLabel = (event: string): string => (webhookEvents.has(event) ? event : 'other')

const definitions: [string, MetricDefinition][] = Object.entries(metricDefinitions)

interface Histogram {
  bounds: readonly number[]
  /** Values up to each bound and above the bound before; the last: above all bounds. */
  counts: number[]
  sum: number
}

const emptyHistogram = (bounds: readonly number[] = []): Histogram => ({
  bounds,
  counts: Array.from({ length: bounds.length + 1 }, () => 0),
  sum: 0,
})

function addValue(histogram: Histogram, value: number): void {
  const found = histogram.bounds.findIndex((bound) => value <= bound)
  const at = found === -1 ? histogram.bounds.length : found
  histogram.counts[at] = (histogram.counts[at] ?? 0) + 1
  histogram.sum += value
}

/** `event="push",outcome="accepted"` */
const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',')

const escapes: Record<string, string> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' }
const escapeLabel = (value: string) => value.replace(/[\\"\n]/g, (char) => escapes[char] ?? char)

const sampleLine = (name: string, labels: string, value: number) =>
  `${name}${labels === '' ? '' : `{${labels}}`} ${value}`

const gaugeLine = ({ name, labels, value }: GaugeSample) =>
  sampleLine(name, labelText(labels), value)

const counterLines = (name: string, series: ReadonlyMap<string, number> = new Map()) =>
  [...series].map(([labels, value]) => sampleLine(name, labels, value))

function histogramLines(name: string, series: ReadonlyMap<string, Histogram> = new Map()) {
  return [...series].flatMap(([labels, { bounds, counts, sum }]) => {
    let total = 0
    const buckets = [...bounds, '+Inf'].map((bound, index) => {
      total += counts[index] ?? 0
      const all = labels === '' ? `le="${bound}"` : `${labels},le="${bound}"`
      return sampleLine(`${name}_bucket`, all, total)
    })
    return [
      ...buckets,
      sampleLine(`${name}_sum`, labels, sum),
      sampleLine(`${name}_count`, labels, total),
    ]
  })
}
