import { type ChildProcess, fork } from 'node:child_process'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { onAbort } from '../../base/async/on-abort.js'
import type { Clock } from '../../base/clock.js'
import { UsageError, WizardError } from '../../base/errors.js'
import type { Host } from '../../process/host.js'
import { type Program, type ProgramEnd, runProgram } from './program.js'

/** Set by the build: where launcher-main.ts is in the bundle; undefined in a run from source. */
declare const __WIZARD_LAUNCHER__: string | undefined
const bundled =
  typeof __WIZARD_LAUNCHER__ === 'string' ? new URL(__WIZARD_LAUNCHER__, import.meta.url) : null

export type LauncherOrder =
  | { type: 'run'; id: number; program: Program; isLeased: boolean }
  | { type: 'stop'; id: number }
  /** wizard is alive, and renews its leases. */
  | { type: 'alive' }

export type LauncherAnswer =
  | { id: number; end: ProgramEnd }
  | { id: number; error: { code: string; message: string; hint: string | null } }

/** Milliseconds. A lease has 30,000, and ending a program takes up to 5,000. */
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
   * Whether runs have leases. Another machine takes a run over when its lease ends: by then its
   * program must have ended here, even if this process hangs and can't end it.
   */
  isLeased: boolean
  /** For tests; null: programs are started by this process. */
  file?: URL | null
}

/**
 * Starts programs from a small process, launcher-main.ts. A start copies the page tables of the
 * process that starts: from a large one that takes 10 ms and more, in which no delivery is answered.
 * The launcher also ends the programs when wizard is killed.
 */
export class ProgramLauncher {
  readonly #options: LauncherOptions
  readonly #file: URL | null
  #started: LauncherProcess | null = null

  constructor({ file = bundled, ...options }: LauncherOptions) {
    this.#options = options
    this.#file = file
  }

  /**
   * Runs a program to its end.
   *
   * @throws WizardError if it can't be started; the signal's reason, after its process group has ended
   */
  async run(program: Program, signal: AbortSignal): Promise<ProgramEnd> {
    signal.throwIfAborted()
    if (this.#file === null) return runProgram(program, { ...this.#options, signal })
    if (!this.#started?.isConnected) this.#started = new LauncherProcess(this.#file, this.#options)
    try {
      const end = await this.#started.run(program, signal)
      signal.throwIfAborted()
      return end
    } catch (error) {
      signal.throwIfAborted()
      throw error
    }
  }

  /** Ends what still runs. */
  async close(): Promise<void> {
    await this.#started?.close()
  }
}

/** wizard's side of one launcher process, with the programs that it runs. */
class LauncherProcess {
  readonly #child: ChildProcess
  readonly #gone: Promise<unknown>
  readonly #options: LauncherOptions
  readonly #pending = new Map<number, Pending>()
  #last = 0
  #unsetAlive = () => {}

  constructor(file: URL, options: LauncherOptions) {
    this.#options = options
    this.#child = fork(fileURLToPath(file), [], {
      // Nothing of wizard's own environment: each program has its own.
      env: { TMPDIR: tmpdir() },
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: true,
    })
    this.#gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.on('message', (answer: LauncherAnswer) => this.#answered(answer))
    // All of its answers have arrived by now, and it ends what it still runs.
    this.#child.on('disconnect', () => this.#lost())
    this.#child.on('error', (error) => {
      this.#disconnect()
      this.#lost(error)
    })
    if (options.isLeased) this.#sayAlive()
  }

  get isConnected(): boolean {
    return this.#child.connected
  }

  async run(program: Program, signal: AbortSignal): Promise<ProgramEnd> {
    const id = ++this.#last
    const ended = new Promise<ProgramEnd>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
    })
    this.#send({ type: 'run', id, program, isLeased: this.#options.isLeased })
    const leave = onAbort(signal, () => this.#send({ type: 'stop', id }))
    try {
      return await ended
    } finally {
      leave()
      this.#pending.delete(id)
    }
  }

  async close(): Promise<void> {
    this.#disconnect()
    await this.#gone
  }

  #send(order: LauncherOrder): void {
    if (this.#child.connected) this.#child.send(order)
  }

  #disconnect(): void {
    if (this.#child.connected) this.#child.disconnect()
  }

  #sayAlive(): void {
    this.#send({ type: 'alive' })
    this.#unsetAlive = this.#options.clock.after(aliveEvery, () => this.#sayAlive())
  }

  #answered(answer: LauncherAnswer): void {
    const pending = this.#pending.get(answer.id)
    if ('end' in answer) {
      const { output, ...end } = answer.end
      pending?.resolve({ ...end, output: Buffer.from(output) })
      return
    }
    const { code, message, hint } = answer.error
    const Kind = code === 'USAGE' ? UsageError : WizardError
    pending?.reject(new Kind(message, { hint: hint ?? undefined }))
  }

  #lost(cause?: Error): void {
    this.#unsetAlive()
    for (const { reject } of this.#pending.values()) {
      reject(new WizardError('the process that starts programs has ended', { cause }))
    }
  }
}
