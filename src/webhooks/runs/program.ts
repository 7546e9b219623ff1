import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { onAbort } from '../../base/async/on-abort.js'
import type { Clock } from '../../base/clock.js'
import { UsageError, WizardError } from '../../base/errors.js'
import { reasonOf } from '../../base/fs/system-error.js'
import { endGroup, grace, signalGroup } from '../../process/group.js'
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
/** Milliseconds to wait for the rest of the output after the program's end. */
const outputWait = 1000

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
  program: Program,
  { host, clock, signal }: { host: Host; clock: Clock; signal: AbortSignal },
): Promise<ProgramEnd> {
  const child = start(program)
  let cancelKill = () => {}
  const endAll = () => {
    if (child.pid !== undefined) cancelKill = endGroup(child.pid, { clock, host })
  }
  const leave = onAbort(signal, endAll)
  try {
    const output = tailOf(child)
    feed(child, program)
    const [exit, endedBy] = await exitOf(child, program)
    await outputEnded(child, output, clock)
    signal.throwIfAborted()
    return { exit, signal: endedBy, output: output.bytes() }
  } finally {
    leave()
    await endBackground(child, { host, clock })
    cancelKill()
  }
}

function start({ cmd: [file = '', ...args], dir, env, stdin }: Program): ChildProcess {
  const stdio = [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'] as const
  try {
    return spawn(file, args, { cwd: dir, env, detached: true, stdio: [...stdio] })
  } catch (cause) {
    // Its arguments are too long for the system, for example.
    throw new UsageError(`${file} can't be run: ${reasonOf(cause)}`, {
      hint: 'large values are in the file $WIZARD_PAYLOAD, and on standard input',
      cause,
    })
  }
}

/** A program need not read its input. */
function feed({ stdin }: ChildProcess, { body }: Program): void {
  stdin?.on('error', () => {})
  stdin?.end(body)
}

async function exitOf(
  child: ChildProcess,
  { cmd: [file], dir }: Program,
): Promise<[number | null, NodeJS.Signals | null]> {
  try {
    const [code, signal] = await once(child, 'exit')
    return [code, signal]
  } catch (cause) {
    throw new WizardError(`${file} can't be run in ${dir}: ${reasonOf(cause)}`, {
      hint: 'install it, or name its whole path in webhooks.yaml',
      cause,
    })
  }
}

/** Reads all of the output, and keeps the last of it. */
function tailOf({ stdout, stderr }: ChildProcess) {
  let kept: Buffer[] = []
  let size = 0
  const keep = (chunk: Buffer) => {
    kept.push(chunk)
    size += chunk.length
    if (size <= 4 * longestOutput) return
    kept = [Buffer.concat(kept).subarray(-longestOutput)]
    size = longestOutput
  }
  const streams = [stdout, stderr].filter((stream): stream is Readable => stream !== null)
  for (const stream of streams) stream.on('data', keep).on('error', () => {})
  return {
    closed: Promise.all(
      streams.map((stream) => new Promise<void>((resolve) => stream.once('close', resolve))),
    ),
    bytes: () => Buffer.concat(kept).subarray(-longestOutput),
  }
}

/** A process in the background may keep the output open: it is not waited for. */
async function outputEnded(
  { stdout, stderr }: ChildProcess,
  { closed }: { closed: Promise<unknown> },
  clock: Clock,
): Promise<void> {
  const unset = clock.after(outputWait, () => {
    stdout?.destroy()
    stderr?.destroy()
  })
  await closed
  unset()
}

/**
 * Ends what the program has left in its group. A zombie that nobody reaps, as in a container without
 * an init, stays a member: the wait for it is no longer than a kill takes.
 */
async function endBackground(
  { pid }: ChildProcess,
  { host, clock }: { host: Host; clock: Clock },
): Promise<void> {
  if (pid === undefined || !signalGroup(host, pid, 0)) return
  const cancelKill = endGroup(pid, { clock, host })
  const last = clock.now() + grace + outputWait
  for (let pause = 20; signalGroup(host, pid, 0); pause = Math.min(2 * pause, 500)) {
    if (clock.now() > last) break
    await clock.sleep(pause)
  }
  cancelKill()
}
