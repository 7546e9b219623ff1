import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openZip, type ZipArchive } from '../../archive/zip.js'
import { GitHubNotFoundError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { repositoryPath } from '../../github/rest/api.js'
import { downloadFile } from '../../github/transfer/download.js'
import type { Repo, WorkflowDeps } from '../deps.js'
import type { WorkflowJob, WorkflowRun, WorkflowStep } from '../types.js'
import { fileLog, type LogText, zipLog } from './log-files.js'

export type LoggedRun = Pick<WorkflowRun, 'run_id' | 'status' | 'html_url'>

/** The files of a run's logs, each fetched when it is first asked for. */
export interface Logs {
  ofJob(job: WorkflowJob): Promise<LogText | null>
  /** null where the archive has none. */
  ofStep(job: WorkflowJob, step: WorkflowStep): LogText | null
  /** @throws GitHubNotFoundError where some were asked for and none was there */
  expectSome(): void
  close(): Promise<void>
}

export async function openLogs(
  deps: WorkflowDeps,
  repo: Repo,
  run: LoggedRun,
  { zip: wantsZip, tempDir = tmpdir() }: { zip: boolean; tempDir: string | undefined },
): Promise<Logs> {
  const folder = await mkdtemp(join(tempDir, 'wizard-logs-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const zip = wantsZip ? await fetchZip(deps, repo, run, folder) : null
    const names = zip === null ? null : zipLog(zip)
    let [asked, there] = [0, 0]
    return {
      async ofJob(job) {
        asked++
        const log = names?.ofJob(job) ?? (await fetchJob(deps, repo, job, folder))
        if (log !== null) there++
        return log
      },
      ofStep(job, step) {
        const log = names?.ofStep(job, step) ?? null
        if (log !== null) there++
        return log
      },
      expectSome() {
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

/** @returns null where there is none, so that each job's own log is asked for */
async function fetchZip(
  { github, signal }: WorkflowDeps,
  { owner, repo }: Repo,
  run: LoggedRun,
  folder: string,
): Promise<ZipArchive | null> {
  const path = `${repositoryPath(owner, repo)}/actions/runs/${run.run_id}/logs`
  const file = join(folder, 'run.zip')
  try {
    await downloadFile(github, path, file, { accept: 'application/vnd.github+json' })
  } catch (error) {
    if (!(error instanceof GitHubNotFoundError)) throw error
    if (error.status === 410) throw expired(run, error)
    return null
  }
  return openZip(file, { label: `the logs of run ${run.run_id}`, signal })
}

/** @returns null where it is not there; that is told. */
async function fetchJob(
  { github, emit }: WorkflowDeps,
  { owner, repo }: Repo,
  job: WorkflowJob,
  folder: string,
): Promise<LogText | null> {
  const file = join(folder, `${job.id}.txt`)
  const path = `${repositoryPath(owner, repo)}/actions/jobs/${job.id}/logs`
  try {
    await downloadFile(github, path, file, { accept: 'application/vnd.github+json' })
    return fileLog(file)
  } catch (error) {
    if (!(error instanceof GitHubNotFoundError)) throw error
    emit({ type: 'warning', message: `the log of the job ${oneLine(job.name, 100)} is not there` })
    return null
  }
}

const expired = ({ run_id, html_url }: LoggedRun, cause?: GitHubNotFoundError) =>
  new GitHubNotFoundError(
    `the logs of run ${run_id} are gone: they have expired, or were deleted`,
    {
      status: cause?.status ?? 404,
      hint: `what is known of it: ${html_url}`,
      cause,
    },
  )
