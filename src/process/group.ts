import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
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

/**
 * Reads the process group's number and a last word. A pipe that closes without that word means that
 * wizard was killed. No number comes if the command could not be started.
 */
const script = `read -r group || exit 0
[ "$group" = done ] && exit 0
read -r word && exit 0
kill -s TERM -- "-$group" 2>/dev/null
sleep 5
kill -s KILL -- "-$group" 2>/dev/null`

/** Ends a command's process group if wizard dies before the command does. */
interface Guard {
  /** Call it in the same turn in which the command starts. */
  watch(group: number): void
  /** The command has ended. */
  dismiss(): Promise<void>
}

/**
 * Starts the guard, a shell in a session of its own, so that neither the terminal nor a signal to
 * wizard's group ends it. If the shell can't be started, the command runs without a guard.
 */
export function startGuard(env: Readonly<Record<string, string>>): Guard {
  const { PATH = '/usr/bin:/bin' } = env
  const stdio: ['pipe', 'ignore', 'ignore'] = ['pipe', 'ignore', 'ignore']
  const shell = spawn('/bin/sh', ['-c', script], { cwd: '/', env: { PATH }, stdio, detached: true })
  const gone = once(shell, 'exit').catch(() => {})
  // It may be killed like any process: then its pipe is broken.
  shell.stdin.on('error', () => {})
  return {
    watch: (group) => void shell.stdin.write(`${group}\n`),
    async dismiss() {
      shell.stdin.end('done\n')
      await ended(shell, gone)
    },
  }
}

const ended = ({ pid }: ChildProcess, gone: Promise<unknown>) =>
  pid === undefined ? Promise.resolve() : gone
