import { Cron } from 'croner'
import type { Call, Emit } from '../../base/call.js'
import { UsageError } from '../../base/errors.js'
import { isSchedule } from '../../config/schema/schedule.js'
import type { SyncReport } from '../report.js'
import type { SyncOptions } from '../run-sync.js'
import type { RepoEvent } from '../session.js'

export interface AutoPullOptions extends Omit<SyncOptions, 'dryRun'> {
  /** Receives the report of each pull. */
  onReport?: ((report: SyncReport) => void) | undefined
  /**
   * Receives the error of a failed pull (a held lock, for example); the next pull starts anyway.
   */
  onError?: ((error: unknown) => void) | undefined
  /** Stops it, and the running pull. */
  signal?: AbortSignal | undefined
  /** Receives the events of each pull. */
  emit?: Emit<RepoEvent> | undefined
}

/** Repeated pulls; they keep the process alive until they are stopped. */
export interface AutoPull {
  stop(): void
  /** When the next pull begins; null after `stop`. */
  next(): Date | null
}

/**
 * Calls `pull` whenever the cron expression says so in local time, but never while the previous
 * call is running.
 *
 * @throws UsageError for an invalid cron expression
 */
export function autoPull(
  pull: (options: SyncOptions, call: Call<RepoEvent>) => Promise<SyncReport>,
  interval: string,
  { onReport, onError, signal, emit, ...options }: AutoPullOptions,
): AutoPull {
  if (!isSchedule(interval)) {
    throw new UsageError(`not a cron expression of five fields: ${JSON.stringify(interval)}`, {
      hint: 'for example "0 0 * * *", every day at midnight',
    })
  }
  const job = new Cron(
    interval,
    { mode: '5-part', protect: true, catch: (error: unknown) => onError?.(error) },
    async () => onReport?.(await pull(options, { signal, emit })),
  )
  const stop = () => {
    job.stop()
    signal?.removeEventListener('abort', stop)
  }
  if (signal?.aborted) stop()
  else signal?.addEventListener('abort', stop)
  return { stop, next: () => job.nextRun() }
}
