import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ZipEntry } from '../../archive/directory.js'
import { defaultLimits } from '../../archive/limits.js'
import { openZip, type ZipArchive } from '../../archive/zip.js'
import { GitHubNotFoundError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { WorkflowJob, WorkflowStep } from '../../github/rest/actions/runs.js'
import { addressOf } from '../../github/rest/api.js'
import { downloadFile } from '../../github/transfer/download.js'
import type { WorkflowRun } from '../run-data.js'
import type { Repo, WorkflowSession } from '../session.js'

export type LoggedRun = Pick<WorkflowRun, 'run_id' | 'status' | 'html_url'>

export interface LogPlace {
  /** Whether the archive of all jobs is fetched; it exists once the run has ended. */
  zip: boolean
  /** Default: the latest. */
  attempt?: number | undefined
  /** The folder for logs while they are read; default: the system's. */
  tempDir?: string | undefined
}

/** The logs of a run, each fetched on first use. */
export interface Logs {
  ofJob(job: WorkflowJob): Promise<LogText | null>
  /** null if the archive does not have it. */
  ofStep(job: WorkflowJob, step: WorkflowStep): LogText | null
  /** @throws GitHubNotFoundError if logs were requested and none was found */
  assertSome(): void
  close(): Promise<void>
}

export async function openLogs(
  session: WorkflowSession,
  repo: Repo,
  run: LoggedRun,
  { zip: wantsZip, attempt, tempDir = tmpdir() }: LogPlace,
): Promise<Logs> {
  const folder = await mkdtemp(join(tempDir, 'wizard-logs-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const zip = wantsZip
      ? await fetchZip(
          session,
          { ...repo, run_id: run.run_id, attempt_number: attempt },
          run,
          folder,
        )
      : null
    const names = zip === null ? null : zipLog(zip)
    let [asked, there] = [0, 0]
    return {
      async ofJob(job) {
        asked++
        const log = names?.ofJob(job) ?? (await fetchJob(session, repo, job, folder))
        if (log !== null) there++
        return log
      },
      ofStep(job, step) {
        const log = names?.ofStep(job, step) ?? null
        if (log !== null) there++
        return log
      },
      assertSome() {
        if (asked > 0 && there === 0) throw expired(run)
      },
      async close() {
        await zip?.close()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/** @returns null if there is no archive: then each job's own log is fetched */
async function fetchZip(
  { github, signal }: WorkflowSession,
  { attempt_number, ...asked }: Repo & { run_id: number; attempt_number: number | undefined },
  run: LoggedRun,
  folder: string,
): Promise<ZipArchive | null> {
  const url = await addressOf(github, ({ actions }) =>
    attempt_number === undefined
      ? actions.downloadWorkflowRunLogs.endpoint(asked)
      : actions.downloadWorkflowRunAttemptLogs.endpoint({ ...asked, attempt_number }),
  )
  const file = join(folder, 'run.zip')
  try {
    await downloadFile(github, url, file, { accept: 'application/vnd.github+json' })
  } catch (error) {
    if (!(error instanceof GitHubNotFoundError)) throw error
    if (error.status === 410) throw expired(run, error)
    return null
  }
  // A log may repeat one line for ever; it is streamed, so it fills neither the memory nor the disk.
  const limits = { ...defaultLimits, ratio: Number.POSITIVE_INFINITY }
  return openZip(file, { label: `the logs of run ${run.run_id}`, limits, signal })
}

/** @returns null, and reports it, if there is no log */
async function fetchJob(
  { github, emit }: WorkflowSession,
  repo: Repo,
  job: WorkflowJob,
  folder: string,
): Promise<LogText | null> {
  const file = join(folder, `${job.id}.txt`)
  const asked = { ...repo, job_id: job.id }
  const url = await addressOf(github, (rest) =>
    rest.actions.downloadJobLogsForWorkflowRun.endpoint(asked),
  )
  try {
    await downloadFile(github, url, file, { accept: 'application/vnd.github+json' })
    return fileLog(file)
  } catch (error) {
    if (!(error instanceof GitHubNotFoundError)) throw error
    emit({ type: 'warning', message: `GitHub has no log of the job ${oneLine(job.name, 100)}` })
    return null
  }
}

const expired = ({ run_id, html_url }: LoggedRun, cause?: GitHubNotFoundError) =>
  new GitHubNotFoundError(`the logs of run ${run_id} are gone: they expired or were deleted`, {
    status: cause?.status ?? 404,
    hint: `its page: ${html_url}`,
    cause,
  })

/** A log on disk, read from its start each time. */
export interface LogText {
  read(): AsyncIterable<Buffer>
}

export const fileLog = (path: string): LogText => ({
  read: () => createReadStream(path, { highWaterMark: 256 * 1024 }),
})

export interface ZipLog {
  /** null if the archive does not have it: then it is fetched by itself. */
  ofJob(job: WorkflowJob): LogText | null
  ofStep(job: WorkflowJob, step: WorkflowStep): LogText | null
}

/** A step's file is in its job's folder; the other file is a whole job's. */
const stepFile = /^([^/]+)\/(\d+)_[^/]*\.txt$/
const jobFile = /^-?\d+_(.+)\.txt$/

/**
 * The files of GitHub's log archive: `N_JOB.txt` for each job, and `JOB/N_STEP.txt` for each of its
 * steps. The log of a job without its own file is joined from its steps.
 */
export function zipLog(zip: ZipArchive): ZipLog {
  const jobs = new Map<string, ZipEntry[]>()
  const steps = new Map<string, Map<number, ZipEntry>>()
  for (const entry of zip.entries) {
    const [, folder, number] = stepFile.exec(entry.name) ?? []
    const [, name] = folder === undefined ? (jobFile.exec(entry.name) ?? []) : []
    if (folder !== undefined) stepsOf(steps, folder).set(Number(number), entry)
    if (name !== undefined) jobs.set(name, [...(jobs.get(name) ?? []), entry])
  }
  const text = (...entries: ZipEntry[]): LogText => ({ read: () => contentOf(zip, entries) })
  return {
    ofJob({ name }) {
      const [own, another] = jobs.get(mangled(name)) ?? []
      // GitHub mapped two job names to one, so their logs can't be told apart.
      if (another !== undefined) return null
      if (own !== undefined) return text(own)
      const parts = [...(steps.get(mangled(name)) ?? [])].sort(([a], [b]) => a - b)
      return parts.length > 0 ? text(...parts.map(([, entry]) => entry)) : null
    },
    ofStep({ name }, { number }) {
      if ((jobs.get(mangled(name)) ?? []).length > 1) return null
      const entry = steps.get(mangled(name))?.get(number)
      return entry === undefined ? null : text(entry)
    },
  }
}

function stepsOf(steps: Map<string, Map<number, ZipEntry>>, folder: string): Map<number, ZipEntry> {
  const found = steps.get(folder) ?? new Map<number, ZipEntry>()
  steps.set(folder, found)
  return found
}

const longestName = 90

/**
 * A job's name as in GitHub's file names: without characters that Windows refuses, and cut, in
 * UTF-16 units.
 */
export const mangled = (name: string): string =>
  name
    .replace(/[/\\:*?"<>|]/g, '')
    .slice(0, longestName)
    .replace(/[\ud800-\udbff]$/, '')

async function* contentOf(zip: ZipArchive, entries: ZipEntry[]): AsyncGenerator<Buffer> {
  for (const entry of entries) yield* zip.read(entry)
}
