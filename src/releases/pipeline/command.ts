import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Clock } from '../../base/clock.js'
import { WizardError } from '../../base/errors.js'
import { plainText } from '../../base/text.js'
import type { Host } from '../../process/host.js'
import type { ReleaseSession } from '../session.js'

export interface ShellCommand {
  /** The prefix of each line of its output in the log. */
  label: string
  file: string
  args: string[]
  cwd: string
  env: Record<string, string>
}

/** Variables that every child may see. */
const usual = ['PATH', 'HOME', 'LANG']

/**
 * The environment of `build` and `sign`: only the variables that the contract and the component
 * name, so that no token gets there by accident.
 */
export function childEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  named: readonly string[],
  release: { version: string; tag: string; component: string },
): Record<string, string> {
  const taken = [...usual, ...named].flatMap((name) => {
    const value = env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    ...Object.fromEntries(taken),
    WIZARD_VERSION: release.version,
    WIZARD_TAG: release.tag,
    WIZARD_COMPONENT: release.component,
  }
}

/** Milliseconds between the termination signal and the kill. */
const grace = 5000
/** Milliseconds to wait for the rest of its output after its end. */
const patience = 2000

/**
 * Runs a command to its end, and reports its output line by line. It has its own process group,
 * which the signal ends.
 *
 * @throws WizardError if it does not exit with 0, or can't be started; the signal's reason
 */
export async function runCommand(
  {
    emit,
    log,
    signal,
    clock,
    host,
  }: Pick<ReleaseSession, 'emit' | 'log' | 'signal' | 'clock' | 'host'>,
  { label, file, args, cwd, env }: ShellCommand,
): Promise<void> {
  signal?.throwIfAborted()
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let spare = () => {}
  const stop = () => {
    spare = endGroup(child, { clock, host })
  }
  signal?.addEventListener('abort', stop)
  const onLine = (line: string) => {
    emit({ type: 'command-output', line })
    log.write('releases', 'INFO', `${label} | ${plainText(line)}`)
  }
  try {
    const readings = [child.stdout, child.stderr].map((stream) => readLines(stream, onLine))
    const how = await ended(child, file)
    await drained(readings, child, clock)
    signal?.throwIfAborted()
    if (how === null) return
    throw new WizardError(`${label}: ${shown(file, args)} ${how}`, {
      hint: 'its output says why; nothing was made on GitHub by this run',
    })
  } finally {
    spare()
    signal?.removeEventListener('abort', stop)
  }
}

/** The shell's line, or the command with its arguments. */
const shown = (file: string, args: string[]) =>
  args[0] === '-c' ? (args[1] ?? '') : [file, ...args].join(' ')

/** How it ended, in words; null: successfully. */
async function ended(child: ChildProcess, file: string): Promise<string | null> {
  try {
    const [code, killedBy] = await once(child, 'exit')
    if (code === null) return `was ended by ${killedBy}`
    return code === 0 ? null : `ended with exit ${code}`
  } catch (cause) {
    const { code } = { code: '', ...(cause as object) }
    throw new WizardError(`${file} can't be run (${code})`, {
      hint: 'install it, or name its whole path in components.yaml',
      cause,
    })
  }
}

/** A background process may keep its output open: wizard does not wait for that. */
async function drained(readings: Reading[], child: ChildProcess, clock: Clock): Promise<void> {
  const unset = clock.after(patience, () => {
    for (const { lines } of readings) lines.close()
    child.stdout?.destroy()
    child.stderr?.destroy()
  })
  await Promise.all(readings.map(({ closed }) => closed))
  unset()
}

interface Reading {
  lines: Interface
  closed: Promise<unknown>
}

function readLines(input: Readable, onLine: (line: string) => void): Reading {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine)
  return { lines, closed: once(lines, 'close') }
}

/**
 * Ends the whole process group: first politely, then by force.
 *
 * @returns a function that cancels the kill
 */
function endGroup(
  { pid }: ChildProcess,
  { clock, host }: Pick<ReleaseSession, 'clock' | 'host'>,
): () => void {
  if (pid === undefined) return () => {}
  signalGroup(host, pid, 'SIGTERM')
  return clock.after(grace, () => signalGroup(host, pid, 'SIGKILL'))
}

function signalGroup(host: Host, pid: number, signal: NodeJS.Signals): void {
  try {
    host.kill(-pid, signal)
  } catch {
    // It has already ended.
  }
}
