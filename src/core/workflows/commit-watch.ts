import type { Workflow } from '../github/actions-shapes.js'
import type { Repo, WorkflowDeps } from './deps.js'
import { patiently } from './patience.js'
import type { Watch } from './poll.js'
import { listRuns } from './runs.js'
import type { WorkflowRun } from './types.js'
import { isCompleted } from './verdict.js'

/** Milliseconds in which no new run appears before "all" is believed: GitHub makes the runs of a push one by one. */
const settling = 15_000

/** Looks at the runs of a commit again and again, and tells what changed. */
export class CommitWatch implements Watch {
  runs: WorkflowRun[] = []
  readonly #deps: WorkflowDeps
  readonly #repo: Repo
  readonly #filter: { sha: string; workflow: Workflow | undefined }
  #newestSince: number

  constructor(
    deps: WorkflowDeps,
    repo: Repo,
    filter: { sha: string; workflow: Workflow | undefined },
  ) {
    this.#deps = deps
    this.#repo = repo
    this.#filter = filter
    this.#newestSince = deps.clock.now()
  }

  get done(): boolean {
    return this.runs.length > 0 && this.runs.every(isCompleted) && this.#settled
  }

  /** @throws what will not pass */
  async poll(): Promise<void> {
    const found = await patiently(this.#deps, () =>
      listRuns(this.#deps.github, this.#repo, this.#filter),
    )
    if (found === undefined) return
    const before = new Map(this.runs.map((run) => [run.run_id, run]))
    if (found.some((run) => !before.has(run.run_id))) this.#newestSince = this.#deps.clock.now()
    this.runs = found
    for (const run of found) this.#tell(before.get(run.run_id), run)
  }

  /** By GitHub's own times where the newest run took that long, else by how long it has been here. */
  get #settled(): boolean {
    const newest = Math.max(...this.runs.map(({ created_at: at }) => Date.parse(at ?? '')))
    const last = Math.max(...this.runs.map(({ completed_at: at }) => Date.parse(at ?? '')))
    return last - newest >= settling || this.#deps.clock.now() - this.#newestSince >= settling
  }

  #tell(before: WorkflowRun | undefined, run: WorkflowRun): void {
    if (before?.status === run.status && before.conclusion === run.conclusion) return
    this.#deps.emit({ type: 'run-changed', run })
    if (run.status === 'waiting') this.#deps.emit({ type: 'run-waiting', run })
  }
}
