import type { Readable } from 'node:stream'
import pLimit from 'p-limit'
import { type ErrorReport, reportError } from '../base/error-report.js'
import { WizardError } from '../base/errors.js'
import { hasCode } from '../base/fs/read.js'
import { reasonOf } from '../base/fs/system-error.js'
import { fullNameOf } from '../base/names/repository.js'
import { readBranch } from '../git/repository/open.js'
import { type OutputName, runChild } from '../process/child.js'
import { isOk } from './report.js'
import type { RepoSession } from './session.js'
import { openState } from './session.js'
import { fromMemory } from './targets/expand.js'
import { resolveTargets } from './targets/resolve.js'
import type { SyncTarget } from './targets/sync-target.js'

export interface ExecOptions {
  /** The program and its arguments; no shell reads them. */
  command: string[]
  /** As of a sync; none: every clone. */
  targets?: string[] | undefined
  /** Commands at a time; default: github.yaml's. */
  concurrency?: number | undefined
  /** Only in clones that are not clean and up to date, which asks GitHub. */
  notOk?: boolean | undefined
  /** Starts no more after the first failure; what runs goes on. */
  failFast?: boolean | undefined
  /** Receives the output as it comes. `source` may be paused. */
  onOutput?: ((piece: ExecOutput, source: Readable) => void) | undefined
  /** Called in any order, after the last output of each. */
  onEnd?: ((entry: ExecEntry) => void) | undefined
  /** Called once with the repositories, in the order of repos.yaml, before the first one starts. */
  onPlan?: ((repos: string[]) => void) | undefined
}

export interface ExecOutput {
  /** `owner/repo` */
  repo: string
  name: OutputName
  bytes: Buffer
}

/** The result in one clone; the keys are those of `--json`. */
export interface ExecEntry {
  repo: string
  /** Absolute. */
  path: string
  status: 'succeeded' | 'failed' | 'skipped'
  /** Why it was skipped. */
  reason: 'missing' | 'not-started' | null
  /** null if it did not run, or a signal ended it. */
  exit: number | null
  signal: string | null
  /** The first mebibyte of each. */
  stdout: string
  stderr: string
  /** Whether there was more output than that. */
  truncated: boolean
  duration_ms: number
  error: ErrorReport | null
}

export interface ExecReport {
  total: number
  succeeded: number
  failed: number
  /** Not cloned, or not started any more. */
  skipped: number
  duration_ms: number
  repositories: ExecEntry[]
}

/** Bytes of each stream that a report keeps. */
const mostKept = 1024 * 1024

/**
 * Runs a command in each clone, several at once. It sees the environment of wizard itself, without
 * what configuration files add, and WIZARD_REPO, WIZARD_PATH, WIZARD_BRANCH (empty if detached).
 *
 * @throws NotFoundError for an unknown target, ConfigError
 */
export async function execInClones(
  session: RepoSession,
  options: ExecOptions,
): Promise<ExecReport> {
  const { clock, config, signal } = session
  const begun = clock.now()
  const list = options.notOk ? undefined : fromMemory(await openState(session))
  const { chosen, failures } = await resolveTargets(session, { targets: options.targets, list })
  const expected = chosen.filter(({ skip }) => skip === undefined)
  const wanted = options.notOk ? await notOk(session, expected) : expected
  options.onPlan?.(wanted.map(fullNameOf))
  // Each read of node's own object asks the system: once for all commands.
  const host = { ...session.host, env: { ...session.host.env } }
  const limit = pLimit(options.concurrency ?? config.github.concurrency)
  let hasFailed = false
  const entries = await Promise.all(
    wanted.map((one) =>
      limit(async () => {
        const isOver = signal?.aborted || (options.failFast === true && hasFailed)
        const entry = isOver
          ? skipped(one, 'not-started')
          : await execIn({ ...session, host }, options, one)
        hasFailed ||= entry.status === 'failed'
        options.onEnd?.(entry)
        return entry
      }),
    ),
  )
  const unlisted = failures.map(({ repo, path, error }): ExecEntry => {
    return { repo, path, ...nothing, status: 'failed', error }
  })
  return reportOf([...entries, ...unlisted], clock.now() - begun)
}

async function notOk(session: RepoSession, chosen: SyncTarget[]): Promise<SyncTarget[]> {
  const { repositoryStatusOf } = await import('./status.js')
  const ok = new Set(
    (await repositoryStatusOf(session, chosen)).filter(isOk).map(({ path }) => path),
  )
  return chosen.filter(({ path }) => !ok.has(path))
}

const nothing = {
  status: 'skipped',
  reason: null,
  exit: null,
  signal: null,
  stdout: '',
  stderr: '',
  truncated: false,
  duration_ms: 0,
  error: null,
} as const

const skipped = (one: SyncTarget, reason: ExecEntry['reason']): ExecEntry => ({
  repo: fullNameOf(one),
  path: one.path,
  ...nothing,
  reason,
  error: reason === 'missing' ? reportError(notCloned(one)) : null,
})

async function execIn(
  session: RepoSession,
  { command, onOutput }: ExecOptions,
  one: SyncTarget,
): Promise<ExecEntry> {
  const { host, clock, signal } = session
  // A folder that can't be read is none to run a command in.
  const branch = await readBranch(one.path).catch(() => null)
  if (branch === null) return skipped(one, 'missing')
  const repo = fullNameOf(one)
  const begun = clock.now()
  const kept = { stdout: new Head(), stderr: new Head() }
  const [file = '', ...args] = command
  const own = { WIZARD_REPO: repo, WIZARD_PATH: one.path, WIZARD_BRANCH: branch }
  const entry = { repo, path: one.path, ...nothing }
  try {
    const end = await runChild(
      {
        ...{ file, args, cwd: one.path, input: null, endsBackground: false },
        env: { ...host.env, ...own },
        onOutput: (name, bytes, source) => {
          kept[name].add(bytes)
          onOutput?.({ repo, name, bytes }, source)
        },
      },
      { host, clock, signal },
    )
    const { stdout, stderr } = kept
    return {
      ...entry,
      ...end,
      status: end.exit === 0 ? 'succeeded' : 'failed',
      stdout: stdout.text(),
      stderr: stderr.text(),
      truncated: stdout.isTruncated || stderr.isTruncated,
      duration_ms: clock.now() - begun,
      error: end.exit === 0 ? null : reportError(new WizardError(endedBy(file, end))),
    }
  } catch (error) {
    const why = signal?.aborted ? error : cannotRun(file, error)
    return { ...entry, status: 'failed', duration_ms: clock.now() - begun, error: reportError(why) }
  }
}

const notCloned = (one: SyncTarget) =>
  new WizardError(`${fullNameOf(one)} is not cloned yet`, {
    hint: [{ verb: ['REPO', 'SYNC'], target: fullNameOf(one) }, ' clones it'],
  })

function cannotRun(file: string, cause: unknown): WizardError {
  const isMissing = hasCode(cause, 'ENOENT')
  const message = isMissing
    ? `${file} is not installed, or not in PATH`
    : `${file} can't be run: ${reasonOf(cause)}`
  const hint = 'the command runs without a shell; for pipes and the like, run sh'
  return new WizardError(message, { hint, cause })
}

const endedBy = (file: string, { exit, signal }: { exit: number | null; signal: string | null }) =>
  exit === null ? `${file} was ended by ${signal}` : `${file} exited with ${exit}`

function reportOf(repositories: ExecEntry[], durationMs: number): ExecReport {
  const count = (wanted: ExecEntry['status']) =>
    repositories.filter(({ status }) => status === wanted).length
  return {
    total: repositories.length,
    succeeded: count('succeeded'),
    failed: count('failed'),
    skipped: count('skipped'),
    duration_ms: durationMs,
    repositories,
  }
}

/** Keeps the first bytes of a stream. */
class Head {
  readonly #pieces: Buffer[] = []
  #length = 0
  isTruncated = false

  add(piece: Buffer): void {
    const room = mostKept - this.#length
    if (piece.length > room) this.isTruncated = true
    if (room <= 0) return
    this.#pieces.push(piece.subarray(0, room))
    this.#length += Math.min(room, piece.length)
  }

  text(): string {
    return Buffer.concat(this.#pieces).toString('utf8')
  }
}
