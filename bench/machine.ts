import { cpus, loadavg, release, totalmem } from 'node:os'
import { run } from './measure.js'

/** The machine that the figures apply to. */
export async function describeMachine(): Promise<string[]> {
  const [cpu] = cpus()
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  return [
    `node ${process.version}, ${(await run({ argv: ['git', '--version'] })).trim()}`,
    `${cpus().length} × ${cpu?.model.trim()}, ${gigabytes} GB, ${process.platform} ${release()}`,
    `load before: ${loadavg()[0]?.toFixed(1)}`,
  ]
}

/** Whether a program is installed; a missing peer is left out. */
export async function isInstalled(program: string): Promise<boolean> {
  try {
    await run({ argv: ['sh', '-c', 'command -v "$1"', 'sh', program] })
    return true
  } catch {
    return false
  }
}
