import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'

/** A whole process; its output is read, and an exit status other than 0 is an error. */
export interface Command {
  argv: [string, ...string[]]
  cwd?: string
  env?: Record<string, string>
  input?: string
}

/** One row of the table. */
export interface Row {
  what: string
  /** With its unit. */
  wizard: string
  /** wizard's with the other engine of git. */
  isomorphic?: string | undefined
  /** The same, with the peer's name. */
  peer?: string
  /** wizard's time divided by the peer's. */
  ratio?: number
  /** The limit: a ratio, or a count with its unit. */
  most?: number | string
}

/** @returns stdout @throws Error with stderr */
export async function run({ argv: [file, ...args], cwd, env, input }: Command): Promise<string> {
  const child = spawn(file, args, { cwd, env, stdio: 'pipe' })
  const closed = once(child, 'close')
  child.stdin.end(input)
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [status] = await closed
  if (status !== 0)
    throw new Error(`${[file, ...args].join(' ')} ended with ${status}: ${err}${out}`)
  return out
}

/** Seconds from the start of the process to its end. */
async function seconds(command: Command): Promise<number> {
  const begun = performance.now()
  await run(command)
  return (performance.now() - begun) / 1000
}

/** The commands to measure; each gets the number of the round, for its own folders. */
export type Contenders<Name extends string> = Record<Name, (round: number) => Command>

/**
 * The median seconds of each. The commands take turns, in reverse order every other round, so that
 * other work of the machine affects all of them. The first round does not count.
 */
export async function compare<Name extends string>(
  rounds: number,
  contenders: Contenders<Name>,
): Promise<Record<Name, number>> {
  const names = Object.keys(contenders) as Name[]
  const times = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const time = await seconds(contenders[name](round))
      if (round > 0) times.get(name)?.push(time)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<
    Name,
    number
  >
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return (
    ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2
  )
}

/** Megabytes: the system's own maximum for this process (proc(5), VmHWM), polled until it ends. */
export async function peakMemory(command: Command | undefined): Promise<number> {
  if (command === undefined) return Number.NaN
  const [file, ...args] = command.argv
  const child = spawn(file, args, { cwd: command.cwd, env: command.env, stdio: 'ignore' })
  const closed = once(child, 'close')
  let most = 0
  while (child.exitCode === null) {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
    most = Math.max(most, Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0))
    await setTimeout(10)
  }
  await closed
  if (child.exitCode !== 0)
    throw new Error(`${command.argv.join(' ')} ended with ${child.exitCode}`)
  return Math.round(most / 1024)
}

/** The same command of wizard, with the other engine of git. */
export const byIsomorphicGit = (command: Command): Command => ({
  ...command,
  env: { ...command.env, WIZARD_GIT_ENGINE: 'isomorphic-git' },
})

/** A row with two times; `names` are the peers, the best of which counts. */
export function timesRow(
  what: string,
  { wizard = Number.NaN, isomorphic, ...peers }: Record<string, number>,
  most?: number,
): Row {
  const [[name, best] = ['', Number.NaN]] = Object.entries(peers).sort((a, b) => a[1] - b[1])
  return {
    what,
    wizard: inSeconds(wizard),
    isomorphic: isomorphic === undefined ? undefined : inSeconds(isomorphic),
    peer: `${inSeconds(best)} ${name}`,
    ratio: wizard / best,
    most,
  }
}

export const inSeconds = (value: number) =>
  value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(2)} s`
