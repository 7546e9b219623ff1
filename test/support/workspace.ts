import { createHash } from 'node:crypto'
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type FaultHandle,
  gitText,
  type LocalGitHub,
  type LocalGitHubOptions,
  startLocalGitHub,
} from 'local-github'
import { vi } from 'vitest'
import { stringify } from 'yaml'
import { type TestClock, testClock } from './clock.js'
import { type EndedHere, type InProcess, type Running, runHere, startHere } from './in-process.js'
import { type Ended, runWizard, startWizard, type WizardRun } from './wizard.js'

export interface WorkspaceOptions extends LocalGitHubOptions {
  /** Further fields of github.yaml's `github:` part. */
  settings?: Record<string, unknown>
}

/** A root with its configuration, and the local GitHub that it names. */
export interface Workspace {
  root: string
  github: LocalGitHub
  /** The time of the commands in this process, which moves only during sleeps. */
  clock: TestClock
  /** Writes repos.yaml. */
  repos(groups: Record<string, unknown>): Promise<void>
  /** Runs a command in the root, in this process. */
  wizard(...args: string[]): Promise<EndedHere>
  run(args: string[], run?: Partial<InProcess>): Promise<EndedHere>
  /** Starts a command in this process, which the test can inspect and stop while it runs. */
  begin(args: string[], run?: Partial<InProcess>): Running
  /** Runs the executable in its own process. */
  spawn(args: string[], run?: Partial<WizardRun>): Promise<Ended>
  /** Starts the executable. */
  start(args: string[], run?: Partial<WizardRun>): ReturnType<typeof startWizard>
  /** A path below the root. */
  path(...parts: string[]): string
  write(path: string, text: string): Promise<void>
  read(path: string): Promise<string>
  /** git in a folder below the root. */
  git(folder: string, ...args: string[]): Promise<string>
  close(): Promise<void>
}

export async function openWorkspace({
  settings = {},
  ...options
}: WorkspaceOptions = {}): Promise<Workspace> {
  const github = await startLocalGitHub(options)
  const root = await mkdtemp(join(tmpdir(), 'wizard-e2e-'))
  const path = (...parts: string[]) => join(root, ...parts)
  await mkdir(path('config'))
  const addresses = { base_url: github.apiUrl, git_url: github.gitUrl }
  const shared = {
    token: github.token,
    owner: 'uDOS',
    ...addresses,
    retry_attempts: 1,
    timeout: 30,
  }
  await writeFile(path('config', 'github.yaml'), stringify({ github: { ...shared, ...settings } }))
  const at = <Run extends object>(run?: Run) => ({ cwd: root, ...run })
  const clock = testClock(Date.now())
  const here = (run?: Partial<InProcess>) => ({ cwd: root, clock, ...run })
  return {
    root,
    github,
    clock,
    path,
    repos: (groups) => writeFile(path('config', 'repos.yaml'), stringify({ repos: groups })),
    wizard: (...args) => runHere(args, here()),
    run: (args, run) => runHere(args, here(run)),
    begin: (args, run) => startHere(args, here(run)),
    spawn: (args, run) => runWizard(args, at(run)),
    start: (args, run) => startWizard(args, at(run)),
    write: (file, text) => writeFile(path(file), text),
    read: (file) => readFile(path(file), 'utf8'),
    git: (folder, ...args) => gitText(['-C', path(folder), ...args]),
    async close() {
      await github.close()
      await rm(root, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** Until a request, or so many, have met the fault: what is to happen in the middle of it can happen now. */
export const reached = (fault: FaultHandle, requests = 1) =>
  vi.waitUntil(() => fault.hits >= requests, { timeout: 30_000, interval: 20 })

/** Every path below a folder with its kind, mode and content's hash, to compare two moments. */
export async function snapshot(
  folder: string,
  skip: RegExp = /^$/,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const entry of await readdir(folder, { recursive: true })) {
    if (skip.test(entry)) continue
    const path = join(folder, entry)
    const stat = await lstat(path)
    if (stat.isSymbolicLink()) found[entry] = `-> ${await readlink(path)}`
    else if (stat.isFile()) found[entry] = `${stat.mode.toString(8)} ${hash(await readFile(path))}`
    else found[entry] = 'folder'
  }
  return found
}

const hash = (data: Buffer) => createHash('sha256').update(data).digest('hex')
