import process from 'node:process'
import { systemClock } from '../../base/clock.js'
import { reportError } from '../../base/error-report.js'
import { WizardError } from '../../base/errors.js'
import { hostOf } from '../../process/host.js'
import { type LauncherAnswer, type LauncherOrder, longestSilence } from './launcher.js'
import { runProgram } from './program.js'

// The main file of the launcher process, which `ProgramLauncher` forks: it runs programs by wizard's
// orders. When the channel to wizard closes, even by a kill, it ends them all.

interface Running {
  stop: AbortController
  ended: Promise<void>
  isLeased: boolean
}

const running = new Map<number, Running>()
const host = hostOf(process)

process.on('message', (order: LauncherOrder) => {
  heard = performance.now()
  if (order.type === 'stop') running.get(order.id)?.stop.abort(endedByWizard)
  if (order.type === 'run') begin(order)
})
process.on('disconnect', async () => {
  const all = [...running.values()]
  for (const { stop } of all) stop.abort(endedByWizard)
  await Promise.all(all.map((one) => one.ended))
  process.exit(0)
})
// A terminal's signals are for wizard, which decides what ends.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => {})

const endedByWizard = new WizardError('wizard ended it')

/** A wizard that hangs renews no leases: its runs may soon be another machine's. */
let heard = performance.now()
function watchSilence(): void {
  if (performance.now() - heard > longestSilence) {
    for (const { isLeased, stop } of running.values()) if (isLeased) stop.abort(endedByWizard)
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
