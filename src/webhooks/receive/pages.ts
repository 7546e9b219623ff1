import { type GaugeSample, type Metrics, metricsType } from '../metrics/metrics.js'
import { type Answer, jsonAnswer, refusalAnswer } from './answer.js'

export interface Pages {
  state: { isDraining: boolean; isStoreUp: boolean }
  probeStore(): Promise<void>
  metrics: Metrics
  gauges(): Promise<readonly GaugeSample[]>
}

/** Answers all paths but the hook's: `/healthz`, and `/metrics` if it is enabled. */
export async function servePage(
  path: string,
  method: string | undefined,
  settings: { metrics: boolean },
  pages: Pages,
): Promise<Answer> {
  const isMetrics = settings.metrics && path === '/metrics'
  if (path !== '/healthz' && !isMetrics) return refusalAnswer(404)
  if (method !== 'GET' && method !== 'HEAD') return refusalAnswer(405, { Allow: 'GET, HEAD' })
  return isMetrics ? metricsPage(pages) : healthPage(pages)
}

async function metricsPage({ metrics, gauges }: Pages): Promise<Answer> {
  const text = metrics.text(await gauges())
  return { status: 200, text, headers: { 'Content-Type': metricsType } }
}

async function healthPage(pages: Pages): Promise<Answer> {
  if (pages.state.isDraining) return jsonAnswer(503, { status: 'draining' })
  const isUp = pages.state.isStoreUp || (await isUpAgain(pages))
  return isUp ? jsonAnswer(200, { status: 'ok' }) : jsonAnswer(503, { status: 'store-down' })
}

/** Makes a commit of its own: without deliveries there would be no other. */
async function isUpAgain({ state, probeStore }: Pages): Promise<boolean> {
  try {
    await probeStore()
    state.isStoreUp = true
    return true
  } catch {
    return false
  }
}
