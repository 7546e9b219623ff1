import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export const executable = fileURLToPath(new URL('../../bin/wizard.js', import.meta.url))

export interface WizardRun {
  cwd: string
  env?: Record<string, string>
  /** For node's own flags, such as `--import …`. */
  nodeArgs?: string[]
}

export interface Ended {
  status: number | null
  signal: NodeJS.Signals | null
  stdout: Buffer
  out: string
  err: string
  /** The single document on stdout. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads it like a script, without a type
  json: any
}

/** A run's environment: no user configuration, no credential, no proxy. */
export const bareEnvironment = (home: string): Record<string, string> => ({
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: home,
  GH_CONFIG_DIR: `${home}/gh`,
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  ...engineOfRun(),
})

/** `npm run test:engine` runs tests with the other engine of git. */
export function engineOfRun(): { WIZARD_GIT_ENGINE?: 'isomorphic-git' } {
  const other = 'isomorphic-git'
  return process.env.WIZARD_GIT_ENGINE === other ? { WIZARD_GIT_ENGINE: other } : {}
}

/** Runs the real executable in its own process. */
export function startWizard(
  args: string[],
  { cwd, env = {}, nodeArgs = [] }: WizardRun,
): ChildProcess {
  return spawn(process.execPath, [...nodeArgs, executable, ...args], {
    cwd,
    env: { ...bareEnvironment(cwd), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

export async function ended(child: ChildProcess): Promise<Ended> {
  if (!child.stdout || !child.stderr) throw new Error('its output is not piped')
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([buffer(child.stdout), buffer(child.stderr)])
  const [status, signal] = (await closed) as [number | null, NodeJS.Signals | null]
  const out = stdout.toString()
  return {
    status,
    signal,
    stdout,
    out,
    err: stderr.toString(),
    get json() {
      return JSON.parse(out)
    },
  }
}

export const runWizard = (args: string[], run: WizardRun): Promise<Ended> =>
  ended(startWizard(args, run))
