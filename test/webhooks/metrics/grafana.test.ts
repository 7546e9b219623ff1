import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { metricDefinitions } from '../../../src/webhooks/metrics/definitions.js'
import { grafanaDashboard } from '../../../src/webhooks/metrics/grafana.js'

interface Panel {
  title: string
  description: string
  gridPos: { x: number; y: number }
  fieldConfig: { defaults: { unit: string } }
  targets: { refId: string; expr: string; legendFormat: string }[]
}

const dashboard = grafanaDashboard(metricDefinitions) as { panels: Panel[] }
const panelOf = (title: string) => dashboard.panels.find((panel) => panel.title === title)

it('has a panel for each metric, each at a place of its own', () => {
  expect(dashboard.panels).toHaveLength(Object.keys(metricDefinitions).length)
  const places = new Set(dashboard.panels.map(({ gridPos: { x, y } }) => `${x},${y}`))
  expect(places.size).toBe(dashboard.panels.length)
  expect(new Set(dashboard.panels.map(({ title }) => title)).size).toBe(dashboard.panels.length)
})

it('asks for rates, quantiles and values', () => {
  expect(panelOf('Deliveries received')?.targets).toMatchObject([
    {
      refId: 'A',
      legendFormat: '{{event}} {{outcome}}',
      expr: 'sum by (event, outcome) (rate(wizard_webhook_deliveries_total{instance=~"$instance"}[$__rate_interval]))',
    },
  ])
  expect(panelOf('Time of a run')?.targets).toMatchObject([
    {
      refId: 'A',
      legendFormat: 'p50 {{handler}}',
      expr: 'histogram_quantile(0.5, sum by (le, handler) (rate(wizard_webhook_run_seconds_bucket{instance=~"$instance"}[$__rate_interval])))',
    },
    {
      refId: 'B',
      legendFormat: 'p99 {{handler}}',
      expr: 'histogram_quantile(0.99, sum by (le, handler) (rate(wizard_webhook_run_seconds_bucket{instance=~"$instance"}[$__rate_interval])))',
    },
  ])
  expect(panelOf('Size of the store')).toMatchObject({
    fieldConfig: { defaults: { unit: 'bytes' } },
    targets: [{ expr: 'max (wizard_webhook_store_bytes{instance=~"$instance"})' }],
  })
})

it('is what docs/grafana-webhooks.json has (else: npm run schemas)', async () => {
  const file = fileURLToPath(new URL('../../../docs/grafana-webhooks.json', import.meta.url))
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(dashboard)
})
