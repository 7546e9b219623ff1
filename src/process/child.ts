import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { onAbort } from '../base/async/on-abort.js'
import type { Clock } from '../base/clock.js'
import { endGroup, grace, signalGroup } from './group.js'
import type { Host } from './host.js'

/** A program with its arguments, to be run without a shell. */
export interface ChildCommand {
  file: string
  args: string[]
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  /** Its standard input; null: none. */
  input: Uint8Array | null
  /** Called for each piece of output; `source` may be paused. */
  onOutput(name: OutputName, piece: Buffer, source: Readable): void
  /** Whether what it leaves running ends with it. */
  endsBackground: boolean
}

export type OutputName = 'stdout' | 'stderr'

export interface ChildEnd {
  /** null if a signal ended it. */
  exit: number | null
  signal: NodeJS.Signals | null
}

/** Milliseconds to wait for the rest of the output after the program's end. */
const outputWait = 1000

/**
 * Runs a program to its end, in a process group of its own, which gets SIGTERM and then SIGKILL when
 * the signal is aborted.
 *
 * @throws the system's error if it can't be started; the signal's reason
 */
export async function runChild(
  command: ChildCommand,
  { host, clock, signal }: { host: Host; clock: Clock; signal?: AbortSignal | undefined },
): Promise<ChildEnd> {
  signal?.throwIfAborted()
  const child = start(command)
  let cancelKill = () => {}
  const endAll = () => {
    if (child.pid !== undefined) cancelKill = endGroup(child.pid, { clock, host })
  }
  const leave = signal === undefined ? () => {} : onAbort(signal, endAll)
  try {
    const closed = follow(child, command)
    feed(child, command)
    const [exit, endedBy] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    await outputEnded(child, closed, clock)
    signal?.throwIfAborted()
    return { exit, signal: endedBy }
  } finally {
    leave()
    if (command.endsBackground) await endBackground(child, { host, clock })
    cancelKill()
  }
}

function start({ file, args, cwd, env, input }: ChildCommand): ChildProcess {
  const stdio = [input === null ? 'ignore' : 'pipe', 'pipe', 'pipe'] as const
  return spawn(file, args, { cwd, env, detached: true, stdio: [...stdio] })
}

/** A program need not read its input. */
function feed({ stdin }: ChildProcess, { input }: ChildCommand): void {
  stdin?.on('error', () => {})
  if (input !== null) stdin?.end(input)
}

/** @returns resolves when both streams have ended */
function follow({ stdout, stderr }: ChildProcess, { onOutput }: ChildCommand): Promise<unknown> {
  const ends = Object.entries({ stdout, stderr }).map(([name, stream]) => {
    if (stream === null) return undefined
    stream.on('data', (piece: Buffer) => onOutput(name as OutputName, piece, stream))
    stream.on('error', () => {})
    return new Promise<void>((resolve) => stream.once('close', resolve))
  })
  return Promise.all(ends)
}

/** A process in the background may keep the output open: it is not waited for. */
async function outputEnded(
  { stdout, stderr }: ChildProcess,
  closed: Promise<unknown>,
  clock: Clock,
): Promise<void> {
  const unset = clock.after(outputWait, () => {
    for (const stream of [stdout, stderr]) if (!stream?.isPaused()) stream?.destroy()
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
