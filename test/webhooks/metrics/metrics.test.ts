import { describe, expect, it } from 'vitest'
import { metricDefinitions } from '../../../src/webhooks/metrics/definitions.js'
import { readGauges } from '../../../src/webhooks/metrics/gauges.js'
import { createMetrics, eventLabel } from '../../../src/webhooks/metrics/metrics.js'
import type { StoreCounts } from '../../../src/webhooks/store/store.js'

const samples = (text: string, name: string) =>
  text.split('\n').filter((line) => line.startsWith(name) && !line.startsWith('#'))

describe('metrics', () => {
  it('are those of the documentation, each described once', () => {
    const text = createMetrics().text([])
    expect([...text.matchAll(/^# TYPE (\S+ \S+)$/gm)].map(([, type]) => type)).toEqual([
      'wizard_webhook_deliveries_total counter',
      'wizard_webhook_refused_total counter',
      'wizard_webhook_accept_seconds histogram',
      'wizard_webhook_commit_seconds histogram',
      'wizard_webhook_batch_size histogram',
      'wizard_webhook_runs_total counter',
      'wizard_webhook_run_seconds histogram',
      'wizard_webhook_deliveries gauge',
      'wizard_webhook_running gauge',
      'wizard_webhook_oldest_waiting_seconds gauge',
      'wizard_webhook_last_delivery_timestamp_seconds gauge',
      'wizard_webhook_store_bytes gauge',
      'wizard_webhook_store_up gauge',
      'wizard_webhook_info gauge',
    ])
    expect([...text.matchAll(/^# HELP /gm)]).toHaveLength(Object.keys(metricDefinitions).length)
    expect(text.endsWith('\n')).toBe(true)
  })

  it('count by label', () => {
    const metrics = createMetrics()
    const name = 'wizard_webhook_deliveries_total'
    metrics.count(name, { event: 'push', outcome: 'accepted' })
    metrics.count(name, { event: 'push', outcome: 'accepted' })
    metrics.count(name, { event: 'push', outcome: 'repeat' })
    expect(samples(metrics.text([]), name)).toEqual([
      `${name}{event="push",outcome="accepted"} 2`,
      `${name}{event="push",outcome="repeat"} 1`,
    ])
  })

  it('count values up to each bound, which belongs to its bucket', () => {
    const metrics = createMetrics()
    const name = 'wizard_webhook_run_seconds'
    for (const value of [0.1, 0.2, 60, 100_000]) metrics.observe(name, { handler: 'tests' }, value)
    expect(samples(metrics.text([]), name)).toEqual([
      `${name}_bucket{handler="tests",le="0.1"} 1`,
      `${name}_bucket{handler="tests",le="0.5"} 2`,
      `${name}_bucket{handler="tests",le="1"} 2`,
      `${name}_bucket{handler="tests",le="5"} 2`,
      `${name}_bucket{handler="tests",le="15"} 2`,
      `${name}_bucket{handler="tests",le="60"} 3`,
      `${name}_bucket{handler="tests",le="300"} 3`,
      `${name}_bucket{handler="tests",le="900"} 3`,
      `${name}_bucket{handler="tests",le="1800"} 3`,
      `${name}_bucket{handler="tests",le="3600"} 3`,
      `${name}_bucket{handler="tests",le="14400"} 3`,
      `${name}_bucket{handler="tests",le="+Inf"} 4`,
      `${name}_sum{handler="tests"} 100060.3`,
      `${name}_count{handler="tests"} 4`,
    ])
  })

  it('escape what a label may not hold', () => {
    const metrics = createMetrics()
    const handler = 'a"b\\c\nd'
    metrics.count('wizard_webhook_runs_total', { handler, result: 'done' })
    expect(samples(metrics.text([]), 'wizard_webhook_runs_total')).toEqual([
      'wizard_webhook_runs_total{handler="a\\"b\\\\c\\nd",result="done"} 1',
    ])
  })

  it('name known events only', () => {
    expect(['push', 'projects_v2_item', 'x', '__proto__'].map(eventLabel)).toEqual([
      'push',
      'projects_v2_item',
      'other',
      'other',
    ])
  })
})

const counts: StoreCounts = {
  counts: {
    accepted: 1,
    queued: 2,
    running: 3,
    retry: 4,
    done: 5,
    dead: 6,
    ignored: 7,
    repeat: 8,
    cancelled: 9,
  },
  oldest_waiting_seconds: null,
  last_received_at: '2026-01-14T12:00:00Z',
  store_bytes: 4096,
  serving: [],
}

describe('gauges', () => {
  const sources = { version: '1.0.0', engine: 'sqlite', running: new Map([['tests', 2]]) }
  const scrape = (of: Partial<Parameters<typeof readGauges>[0]>) =>
    createMetrics().text(readGauges({ ...sources, isStoreUp: true, counts, ...of }))

  it('are read from the store', () => {
    const text = scrape({})
    expect(samples(text, 'wizard_webhook_deliveries{')).toHaveLength(9)
    expect(text).toContain('wizard_webhook_deliveries{status="dead"} 6\n')
    expect(text).toContain('wizard_webhook_running{handler="tests"} 2\n')
    expect(text).toContain('wizard_webhook_oldest_waiting_seconds 0\n')
    expect(text).toContain('wizard_webhook_last_delivery_timestamp_seconds 1768392000\n')
    expect(text).toContain('wizard_webhook_store_bytes 4096\n')
    expect(text).toContain('wizard_webhook_store_up 1\n')
    expect(text).toContain('wizard_webhook_info{version="1.0.0",engine="sqlite"} 1\n')
  })

  it('leave out what nobody knows', () => {
    const text = scrape({ counts: null, isStoreUp: false })
    expect(text).toContain('wizard_webhook_store_up 0\n')
    expect(samples(text, 'wizard_webhook_store_bytes')).toEqual([])
    const unused = scrape({ counts: { ...counts, last_received_at: null } })
    expect(samples(unused, 'wizard_webhook_last_delivery')).toEqual([])
  })
})
