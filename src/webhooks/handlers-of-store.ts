import { randomInt } from 'node:crypto'
import { reportError } from '../base/error-report.js'
import { logMarks } from '../logs/marks.js'
import { livenessFor } from '../process/identity.js'
import type { LiveSettings } from './live-settings.js'
import { eventLabel, type Metrics } from './metrics/metrics.js'
import { ProgramLauncher } from './runs/launcher.js'
import { performRun } from './runs/perform.js'
import { Worker, type WorkerListener } from './runs/worker.js'
import { type HandlerSubject, reportWarning, type WebhookSession } from './session.js'
import type { ClaimedRun, DeliveryStore } from './store/store.js'

export interface HandlersRequest {
  store: DeliveryStore
  settings: LiveSettings
  /** null: nobody reads them. */
  metrics: Metrics | null
  /** See WorkerOptions; default: nothing arrives here. */
  standBack?(): Promise<void>
}

/**
 * A worker for the deliveries of a store. First, the runs of processes that are gone become due
 * again.
 */
export async function openHandlers(
  session: WebhookSession,
  request: HandlersRequest,
): Promise<Worker> {
  const { store, settings, standBack = async () => {} } = request
  const { mark, isAlive } = livenessFor(session.self)
  // A store that is not shared has a lock, which this process holds: all other owners are gone.
  const isDead = async (owner: string) =>
    owner !== mark && (!store.isShared || !(await isAlive(owner)))
  await store.takeOver(isDead)
  const { client, host, clock, config, runCommand } = session
  const launcher = new ProgramLauncher({ host, clock, isLeased: store.isShared })
  const performer = {
    host,
    launcher,
    root: config.root,
    runCommand,
    redact: (text: string) => client.redact(text),
  }
  return new Worker({
    store,
    clock,
    machine: session.self.host,
    owner: mark,
    settings: () => settings.worker,
    perform: (run, handler, signal) => performRun(performer, run, handler, signal),
    random: () => randomInt(1_000_000) / 1_000_000,
    standBack,
    release: () => launcher.close(),
    on: listenerOf(session, request.metrics),
  })
}

function listenerOf(session: WebhookSession, metrics: Metrics | null): WorkerListener {
  const { log, emit } = session
  return {
    routed(deliveries) {
      for (const { event, status } of deliveries) {
        if (status === 'ignored') countDelivery(metrics, event, 'ignored')
      }
      const dead = deliveries.filter(({ status }) => status === 'dead')
      for (const { id, reason } of dead) {
        log.write('webhooks', 'ERROR', `${logMarks.bad} delivery ${id} is dead: ${reason}`)
      }
    },
    started(run) {
      emit({ type: 'handler-started', ...subjectOf(run) })
      log.write('webhooks', 'INFO', `${describe(run)} → ${run.handler}`)
    },
    ended(run, end, milliseconds) {
      const { handler } = run
      metrics?.count('wizard_webhook_runs_total', { handler, result: end.status })
      metrics?.observe('wizard_webhook_run_seconds', { handler }, milliseconds / 1000)
      emit({ type: 'handler-ended', end, milliseconds, ...subjectOf(run) })
      const mark = end.status === 'done' ? logMarks.good : logMarks.bad
      const why = end.error === null ? '' : `: ${end.error.message}`
      const level = end.status === 'done' ? 'INFO' : 'ERROR'
      log.write('webhooks', level, `${mark} ${describe(run)} → ${handler} ${end.status}${why}`)
    },
    fenced(run) {
      const what = 'another machine has taken it over, so its end is not recorded here'
      reportWarning(session, `${describe(run)} → ${run.handler}: ${what}`)
    },
    trouble(error) {
      const message =
        error === null ? 'the store works again' : `the store: ${reportError(error).message}`
      emit({ type: 'warning', message })
      log.write('webhooks', error === null ? 'INFO' : 'ERROR', message)
    },
  }
}

function countDelivery(metrics: Metrics | null, event: string, outcome: string): void {
  metrics?.count('wizard_webhook_deliveries_total', { event: eventLabel(event), outcome })
}

function subjectOf({ handler, attempt, delivery }: ClaimedRun): HandlerSubject {
  const { event, repo, ref } = delivery
  return { handler, attempt, event, repo, ref, delivery: delivery.delivery }
}

/** `push uDOS/core main 72d3162e` */
function describe({ attempt, delivery }: ClaimedRun): string {
  const { event, repo, ref } = delivery
  const parts = [
    event,
    repo,
    ref?.replace(/^refs\/(?:heads|tags)\//, ''),
    delivery.delivery.slice(0, 8),
  ]
  return `${parts.filter(Boolean).join(' ')}${attempt > 1 ? ` (attempt ${attempt})` : ''}`
}
