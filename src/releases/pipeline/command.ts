import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Readable, Writable } from 'node:stream'
import { onAbort } from '../../base/async/on-abort.js'
import type { Clock } from '../../base/clock.js'
import { WizardError } from '../../base/errors.js'
import { reasonOf } from '../../base/fs/system-error.js'
import { createRedactor } from '../../base/redact.js'
import { plainText } from '../../base/text.js'
import { writeLines } from '../../logs/log.js'
import { endGroup, startGuard } from '../../process/group.js'
import type { ReleaseSession } from '../session.js'

export interface ShellCommand {
  /** The prefix of each line of its output in the log. */
  label: string
  file: string
  args: string[]
  cwd: string
  env: Record<string, string>
  /** Hides secrets in its output. */
  redact(line: string): string
  /** Called with the number of its process group; the command begins once this has ended. */
  onStart?: ((group: number) => Promise<void>) | undefined
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

/**
 * Hides the values of the variables that the component names, because a build that prints its
 * environment would write them to terminal and log. A value of several lines is hidden line by line.
 */
export function outputRedactor(
  env: Readonly<Record<string, string | undefined>>,
  named: readonly string[],
): (line: string) => string {
  return createRedactor(named.flatMap((name) => (env[name] ?? '').split(/\r?\n/)))
}

/** Milliseconds to wait for the rest of its output after its end. */
const patience = 2000

/**
 * Runs a command to its end, and reports its output line by line. It has its own process group,
 * which ends with the signal, and with wizard if that is killed.
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
  command: ShellCommand,
): Promise<void> {
  signal?.throwIfAborted()
  const { label, file, args, redact } = command
  const guard = startGuard(command.env)
  const child = start(command)
  if (child.pid !== undefined) guard.watch(child.pid)
  let spare = () => {}
  const stop = () => {
    if (child.pid !== undefined) spare = endGroup(child.pid, { clock, host })
  }
  const leave = signal && onAbort(signal, stop)
  const onLines = (texts: readonly string[]) => {
    const lines = texts.map(redact)
    for (const line of lines) emit({ type: 'command-output', line })
    const logged = lines.map((line) => `${label} | ${plainText(line)}`)
    writeLines(log, 'releases', 'INFO', logged)
  }
  try {
    const how = await outcomeOf(child, command, { clock, onLines })
    signal?.throwIfAborted()
    if (how === null) return
    throw new WizardError(`${label}: ${shown(file, args)} ${how}`, {
      hint: 'its output says why; this run created nothing on GitHub',
    })
  } finally {
    spare()
    await guard.dismiss()
    leave?.()
  }
}

/** Reads its output to the end. @returns how it ended, as `ended` */
async function outcomeOf(
  child: ChildProcess,
  { file, onStart }: ShellCommand,
  { clock, onLines }: { clock: Clock; onLines: (lines: readonly string[]) => void },
): Promise<string | null> {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null)
  const readings = streams.map((stream) => readLines(stream, onLines))
  const end = ended(child, file)
  if (child.pid !== undefined && onStart !== undefined) {
    await openGate(child, onStart(child.pid))
  }
  const how = await end
  await drained(readings, child, clock)
  return how
}

/** Waits for a line at its third descriptor: without wizard, the command does not begin. */
const gate = 'read -r go <&3 && exec 3<&- && exec "$0" "$@"'

function start({ file, args, cwd, env, onStart }: ShellCommand): ChildProcess {
  const options = { cwd, env, detached: true }
  if (onStart === undefined) {
    return spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  }
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', 'pipe']
  return spawn('/bin/sh', ['-c', gate, file, ...args], { ...options, stdio })
}

/** If it is not ready, the pipe closes without a line, and the command ends. */
async function openGate({ stdio: [, , , pipe] }: ChildProcess, ready: Promise<void>) {
  if (!(pipe instanceof Writable)) return
  // The command may have been ended already.
  pipe.on('error', () => {})
  try {
    await ready
    pipe.write('go\n')
  } finally {
    pipe.end()
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
    throw new WizardError(`can't run ${file}: ${reasonOf(cause)}`, {
      hint: 'install it, or write its full path in components.yaml',
      cause,
    })
  }
}

/** A background process may keep its output open: wizard does not wait for that. */
async function drained(readings: Promise<void>[], child: ChildProcess, clock: Clock) {
  const unset = clock.after(patience, () => {
    child.stdout?.destroy()
    child.stderr?.destroy()
  })
  await Promise.all(readings)
  unset()
}

/** Characters; a longer line is given in parts, so that output without line ends does not fill memory. */
const longestLine = 1024 * 1024
/** As in a terminal, a lone CR ends a line; one at the end may still be followed by LF. */
const lineEnd = /\r?\n|\r(?!$)/

/**
 * Reads a command's output as UTF-8, and gives the lines of each chunk together, in the turn in which
 * the chunk is read: whoever writes them at once loses none if wizard is killed.
 *
 * @returns when the output has ended, or was closed
 */
export function readLines(
  input: Readable,
  onLines: (lines: readonly string[]) => void,
): Promise<void> {
  let rest = ''
  input.setEncoding('utf8').on('data', (chunk: string) => {
    const isHeld = rest.endsWith('\r')
    const [first = '', ...others] = `${isHeld ? '\r' : ''}${chunk}`.split(lineEnd)
    const lines = [`${isHeld ? rest.slice(0, -1) : rest}${first}`, ...others]
    rest = lines.pop() ?? ''
    while (rest.length > longestLine) {
      const end = cutOf(rest)
      lines.push(rest.slice(0, end))
      rest = rest.slice(end)
    }
    if (lines.length > 0) onLines(lines)
  })
  return new Promise((resolve) => {
    input.once('close', () => {
      if (rest !== '') onLines([rest.replace(/\r$/, '')])
      resolve()
    })
  })
}

/** Behind a space if there is one, because no secret to hide has one. */
const cutOf = (text: string) => text.lastIndexOf(' ', longestLine - 1) + 1 || longestLine
