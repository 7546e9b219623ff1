import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { WizardError } from '../../errors.js'
import { plainText } from '../../text.js'
import type { ReleaseDeps } from '../deps.js'

export interface Command {
  /** What stands before each line of its output in the log. */
  label: string
  file: string
  args: string[]
  cwd: string
  env: Record<string, string>
}

/** What every child may see. */
const usual = ['PATH', 'HOME', 'LANG']

/**
 * The environment of `build` and `sign`: nothing but what contract and component name, so that no token gets there
 * by itself.
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
 * Runs a command to its end, its output told line by line. It has a process group of its own, which is ended with the
 * signal.
 *
 * @throws WizardError where it ends otherwise than with 0, or can't be begun; the signal's reason
 */
export async function runCommand(
  { emit, log, signal }: Pick<ReleaseDeps, 'emit' | 'log' | 'signal'>,
  { label, file, args, cwd, env }: Command,
): Promise<void> {
  signal?.throwIfAborted()
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const stop = () => endGroup(child)
  signal?.addEventListener('abort', stop)
  const tell = (line: string) => {
    emit({ type: 'command-output', line })
    log.write('releases', 'INFO', `${label} | ${plainText(line)}`)
  }
  try {
    const reading = [child.stdout, child.stderr].map((stream) => readLines(stream, tell))
    const [code, killedBy] = await ended(child, file)
    await Promise.all(reading)
    signal?.throwIfAborted()
    if (code === 0) return
    const how = code === null ? `was ended by ${killedBy}` : `ended with exit ${code}`
    throw new WizardError(`${label}: ${[file, ...args].at(-1) === undefined ? file : shown(file, args)} ${how}`, {
      hint: 'its output says why; nothing was made on GitHub by this run',
    })
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/** The shell's line, or the command with its arguments. */
const shown = (file: string, args: string[]) =>
  args[0] === '-c' ? (args[1] ?? '') : [file, ...args].join(' ')

async function ended(child: ChildProcess, file: string): Promise<[number | null, string | null]> {
  try {
    const [code, killedBy] = await once(child, 'close')
    return [code, killedBy]
  } catch (cause) {
    const { code } = { code: '', ...(cause as object) }
    throw new WizardError(`${file} can't be run (${code})`, {
      hint: 'install it, or name its whole path in components.yaml',
      cause,
    })
  }
}

async function readLines(stream: Readable, tell: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    tell(line)
  }
}

/** With all that it started. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGTERM')
  } catch {
    // It has ended already.
  }
}
