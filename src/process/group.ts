import type { Clock } from '../base/clock.js'
import type { Host } from './host.js'

/** Milliseconds between the termination signal and the kill. */
export const grace = 5000

/**
 * Ends a whole process group: first politely, then by force.
 *
 * @returns a function that cancels the kill
 */
export function endGroup(pid: number, { clock, host }: { clock: Clock; host: Host }): () => void {
  signalGroup(host, pid, 'SIGTERM')
  return clock.after(grace, () => signalGroup(host, pid, 'SIGKILL'))
}

/** @returns false if it has already ended */
export function signalGroup(host: Host, pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    host.kill(-pid, signal)
    return true
  } catch {
    return false
  }
}
