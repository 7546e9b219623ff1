import process from 'node:process'
import { systemClock } from '../../base/clock.js'
import { reportError } from '../../base/error-report.js'
import { WizardError } from '../../base/errors.js'
import { hostOf } from '../../process/host.js'
import { type LauncherAnswer, type LauncherOrder, longestSilence } from './launcher.js'
import { runProgram } from './program.js'

// The entry of the launcher's process. When wizard is gone, however it went, it ends all programs.

interface Running {
  stop: AbortController
  ended: Promise<void>
  isLeased: boolean
}

const running = new Map<number, Running>()
const host = hostOf(process)

process.on('message', (order: LauncherOrder) => {
  heard = performance.now()
  if (order.type === 'stop') running.get(order.id)?.stop.abort(ended)
  if (order.type === 'run') begin(order)
})
process.on('disconnect', async () => {
  const all = [...running.values()]
  for (const { stop } of all) stop.abort(ended)
  await Promise.all(all.map((one) => one.ended))
  process.exit(0)
})
// A terminal's signals are for wizard, which says what ends.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => {})

const ended = new WizardError('wizard has ended it')

/** A process that was stopped renews no lease, and the runs may be another machine's soon. */
let heard = performance.now()
function watchSilence(): void {
  if (performance.now() - heard > longestSilence) {
    for (const { isLeased, stop } of running.values()) if (isLeased) stop.abort(ended)
  }
}
setInterval(watchSilence, 1000).unref()

function begin({ id, program, isLeased }: Extract<LauncherOrder, { type: 'run' }>): void {
  const stop = new AbortController()
  running.set(id, { stop, ended: carryOut(id, program, stop.signal), isLeased })
}

async function carryOut(
  id: number,
  program: Parameters<typeof runProgram>[0],
  signal: AbortSignal,
): Promise<void> {
  const answer = await runProgram(program, { host, clock: systemClock, signal }).then(
    (end): LauncherAnswer => ({ id, end }),
    (error: unknown): LauncherAnswer => ({ id, error: reportError(error) }),
  )
  running.delete(id)
  if (process.connected) process.send?.(answer)
}
