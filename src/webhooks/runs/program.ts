import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../base/clock.js'
import { UsageError, WizardError } from '../../base/errors.js'
import { hasCode } from '../../base/fs/read.js'
import { reasonOf } from '../../base/fs/system-error.js'
import { runChild } from '../../process/child.js'
import type { Host } from '../../process/host.js'

export interface Program {
  cmd: string[]
  /** Absolute. */
  dir: string
  /** All of its environment but WIZARD_PAYLOAD. */
  env: Record<string, string>
  body: Uint8Array
  /** Whether the body is on its standard input. */
  stdin: boolean
}

export interface ProgramEnd {
  /** null if a signal ended it. */
  exit: number | null
  signal: NodeJS.Signals | null
  /** The last 64 KiB of what it printed. */
  output: Buffer
}

const longestOutput = 64 * 1024

/**
 * Runs a program to its end, without a shell, in a process group of its own, which ends with the
 * program or at the signal. The payload is in a file, as no argument or variable can hold 25 MiB.
 *
 * @throws WizardError if it can't be started; the signal's reason
 */
export async function runProgram(
  program: Program,
  { host, clock, signal }: { host: Host; clock: Clock; signal: AbortSignal },
): Promise<ProgramEnd> {
  signal.throwIfAborted()
  const folder = await mkdtemp(join(tmpdir(), 'wizard-payload-'))
  try {
    const file = join(folder, 'payload')
    await writeFile(file, program.body, { mode: 0o600 })
    const env = { ...program.env, WIZARD_PAYLOAD: file }
    return await runInGroup({ ...program, env }, { host, clock, signal })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function runInGroup(
  { cmd: [file = '', ...args], dir, env, body, stdin }: Program,
  around: { host: Host; clock: Clock; signal: AbortSignal },
): Promise<ProgramEnd> {
  const output = new Tail()
  const onOutput = (_name: string, piece: Buffer) => output.add(piece)
  const input = stdin ? body : null
  const command = { file, args, cwd: dir, env, input, onOutput, endsBackground: true }
  try {
    return { ...(await runChild(command, around)), output: output.bytes() }
  } catch (error) {
    around.signal.throwIfAborted()
    throw cannotRun(file, dir, error)
  }
}

function cannotRun(file: string, dir: string, cause: unknown): Error {
  // Its arguments are too long for the system, for example.
  if (hasCode(cause, 'E2BIG')) {
    return new UsageError(`can't run ${file}: ${reasonOf(cause)}`, {
      hint: 'large values are in the file $WIZARD_PAYLOAD, and on standard input',
      cause,
    })
  }
  return new WizardError(`can't run ${file} in ${dir}: ${reasonOf(cause)}`, {
    hint: 'install it, or write its full path in webhooks.yaml',
    cause,
  })
}

/** Keeps the last of all output. */
class Tail {
  #kept: Buffer[] = []
  #size = 0

  add(piece: Buffer): void {
    this.#kept.push(piece)
    this.#size += piece.length
    if (this.#size <= 4 * longestOutput) return
    this.#kept = [this.bytes()]
    this.#size = longestOutput
  }

  bytes(): Buffer {
    return Buffer.concat(this.#kept).subarray(-longestOutput)
  }
}
