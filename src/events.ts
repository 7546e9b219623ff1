import type { GitProgress } from './git/types.js'
import type { SyncEntry } from './repos/types.js'
import type {
  WorkflowJob,
  WorkflowRun,
  WorkflowRunWithJobs,
  WorkflowStep,
} from './workflows/types.js'

/** What core tells while it is at work. It never prints; whoever listens decides what of it is shown. */
export type WizardEvent =
  | { type: 'sync-planned'; total: number }
  | { type: 'repository-started'; repo: string; path: string; action: 'clone' | 'pull' }
  | { type: 'repository-progress'; repo: string; path: string; progress: GitProgress }
  | { type: 'repository-done'; entry: SyncEntry }
  | { type: 'run-dispatched'; run: WorkflowRun; inputs: string[] }
  /** It was asked for, whether or not it changed: for live lines. */
  | { type: 'run-seen'; run: WorkflowRunWithJobs }
  | { type: 'run-changed'; run: WorkflowRun }
  | { type: 'job-changed'; run: WorkflowRun; job: WorkflowJob }
  | { type: 'step-changed'; run: WorkflowRun; job: WorkflowJob; step: WorkflowStep }
  /** Told once: somebody has to approve it at its address. */
  | { type: 'run-waiting'; run: WorkflowRun }
  /** GitHub was asked in vain, and will be asked again; that says nothing of the run. */
  | { type: 'poll-failed'; message: string }
  /** Bytes of its zip, then of what is in it; `total` is null where the server does not say. */
  | {
      type: 'artifact-progress'
      name: string
      phase: 'receiving' | 'unpacking'
      done: number
      total: number | null
    }
  | { type: 'artifact-done'; name: string; path: string; size: number }
  /** Bytes of a release's asset; `total` is null where the server does not say. */
  | {
      type: 'transfer-progress'
      direction: 'upload' | 'download'
      name: string
      done: number
      total: number | null
    }
  | {
      type: 'transfer-done'
      direction: 'upload' | 'download'
      name: string
      size: number
      status: string
    }
  /** A step of a release or an installation begins, in words. */
  | { type: 'step'; message: string }
  /** A line that a command printed: of a build, or of signing. */
  | { type: 'command-output'; line: string }
  | { type: 'waiting'; message: string }
  | { type: 'warning'; message: string }
  /** One request and its answer, for `--verbose`. */
  | { type: 'request'; message: string }

export type Emit = (event: WizardEvent) => void
