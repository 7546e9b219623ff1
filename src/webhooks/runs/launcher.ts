import { type ChildProcess, fork } from 'node:child_process'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { onAbort } from '../../base/async/on-abort.js'
import type { Clock } from '../../base/clock.js'
import { WizardError } from '../../base/errors.js'
import type { Host } from '../../process/host.js'
import { type Program, type ProgramEnd, runProgram } from './program.js'

/** Set by the build: the launcher's place in the bundle. A run from source has none. */
declare const __WIZARD_LAUNCHER__: string | undefined
const bundled =
  typeof __WIZARD_LAUNCHER__ === 'string' ? new URL(__WIZARD_LAUNCHER__, import.meta.url) : null

export type LauncherOrder =
  | { type: 'run'; id: number; program: Program; isLeased: boolean }
  | { type: 'stop'; id: number }
  /** wizard still has its leases in hand. */
  | { type: 'alive' }

export type LauncherAnswer =
  | { id: number; end: ProgramEnd }
  | { id: number; error: { message: string; hint: string | null } }

/** Milliseconds; a lease has 30,000, and ending a program takes up to 5,000. */
const aliveEvery = 4000
export const longestSilence = 20_000

interface Pending {
  resolve(end: ProgramEnd): void
  reject(error: unknown): void
}

export interface LauncherOptions {
  host: Host
  clock: Clock
  /**
   * Another machine takes a run over when nobody renews its lease: then its program must have ended
   * here, also where this process was stopped and can't end it.
   */
  isLeased: boolean
  /** For tests; null: programs are started by this process. */
  file?: URL | null
}

/**
 * Starts programs from a small process of its own. A start copies the page tables of the process
 * that starts, so that from a large one it holds up everything else for 10 ms and more, and
 * deliveries wait. The launcher also ends the programs when wizard is killed.
 */
export class ProgramLauncher {
  readonly #options: LauncherOptions
  readonly #file: URL | null
  readonly #pending = new Map<number, Pending>()
  #child: ChildProcess | null = null
  #last = 0

  constructor({ file = bundled, ...options }: LauncherOptions) {
    this.#options = options
    this.#file = file
  }

  /**
   * Runs a program to its end.
   *
   * @throws WizardError if it can't be started; the signal's reason, once its group has ended
   */
  async run(program: Program, signal: AbortSignal): Promise<ProgramEnd> {
    signal.throwIfAborted()
    if (this.#file === null) return runProgram(program, { ...this.#options, signal })
    const child = this.#started(this.#file)
    const id = ++this.#last
    const ended = new Promise<ProgramEnd>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
    })
    const { isLeased } = this.#options
    child.send({ type: 'run', id, program, isLeased } satisfies LauncherOrder)
    if (isLeased && this.#pending.size === 1) this.#sayAlive()
    const leave = onAbort(signal, () => {
      if (child.connected) child.send({ type: 'stop', id } satisfies LauncherOrder)
    })
    try {
      const end = await ended
      signal.throwIfAborted()
      return end
    } catch (error) {
      signal.throwIfAborted()
      throw error
    } finally {
      leave()
      this.#pending.delete(id)
    }
  }

  /** Ends what still runs. */
  async close(): Promise<void> {
    const child = this.#child
    if (child === null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    if (child.connected) child.disconnect()
    await gone
  }

  #started(file: URL): ChildProcess {
    if (this.#child?.connected) return this.#child
    const child = fork(fileURLToPath(file), [], {
      // Nothing of wizard's environment: each program brings its own.
      env: { TMPDIR: tmpdir() },
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: true,
    })
    child.on('message', (answer: LauncherAnswer) => this.#answered(answer))
    child.on('error', (error) => this.#lost(child, error))
    child.on('exit', () => this.#lost(child))
    this.#child = child
    return child
  }

  #answered(answer: LauncherAnswer): void {
    const pending = this.#pending.get(answer.id)
    if ('end' in answer) {
      const { output, ...end } = answer.end
      pending?.resolve({ ...end, output: Buffer.from(output) })
      return
    }
    const { message, hint } = answer.error
    pending?.reject(new WizardError(message, { hint: hint ?? undefined }))
  }

  #sayAlive(): void {
    if (this.#pending.size === 0) return
    if (this.#child?.connected) this.#child.send({ type: 'alive' } satisfies LauncherOrder)
    this.#options.clock.after(aliveEvery, () => this.#sayAlive())
  }

  /** What it ran ended with it, or is about to: the next run starts another one. */
  #lost(child: ChildProcess, cause?: Error): void {
    if (this.#child !== child) return
    this.#child = null
    for (const { reject } of this.#pending.values()) {
      reject(new WizardError('the process that starts programs has ended', { cause }))
    }
  }
}
