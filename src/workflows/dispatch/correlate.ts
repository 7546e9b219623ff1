import { ConflictError, GitHubError, GitHubNotFoundError } from '../../base/errors.js'
import { runListAnswer, type WorkflowRunData } from '../../github/rest/actions/runs.js'
import type { Workflow } from '../../github/rest/actions/workflows.js'
import { ask, parseAnswer, type Rest } from '../../github/rest/api.js'
import { viewerAnswer } from '../../github/rest/repositories.js'
import { serverTime } from '../../http/policy/waits.js'
import { fullNameOf, type Repo, type WorkflowSession } from '../session.js'
import { ignoreTransientFailures } from '../watch/poll.js'

/** The state before a dispatch. */
export interface Before {
  /** The ids of the newest runs. */
  known: ReadonlySet<number>
  /** By the server's clock, in milliseconds since 1970: the local clock may be wrong by minutes. */
  serverTime: number
}

export interface Dispatched {
  repo: Repo
  workflow: Workflow
  /** A branch or a tag. */
  ref: string
  before: Before
}

/** Milliseconds: a run is listed some seconds after its dispatch, sometimes later. */
const longestSearch = 60_000
const pauses = [1000, 2000, 3000]
/** How long a run must have been the only candidate. A known actor excludes other people's runs. */
const settling = { actorKnown: 3000, actorUnknown: 15_000 }
/** GitHub's machines do not agree to the second, and `created_at` has whole seconds. */
const skew = 5000

/** The runs that existed before a dispatch, and the server's time. */
export async function listBefore(
  session: WorkflowSession,
  repo: Repo,
  workflow: Workflow,
): Promise<Before> {
  const { runs, serverTime } = await listDispatched(session, repo, workflow)
  return { known: new Set(runs.map(({ id }) => id)), serverTime }
}

/** The newest runs by a dispatch, newest first, and the server's time. */
export async function listDispatched(
  session: WorkflowSession,
  repo: Repo,
  workflow: Workflow,
): Promise<{ runs: WorkflowRunData[]; serverTime: number }> {
  const { rest } = await session.github.octokit()
  const { data, headers } = await dispatchedRuns(rest, repo, workflow)
  const { workflow_runs: runs } = parseAnswer(session.github, runListAnswer, data)
  return { runs, serverTime: serverTime(headers, session.clock.now()) }
}

/**
 * Finds the run of a dispatch that the server did not name: the only new run of this workflow, ref
 * and actor by a dispatch.
 *
 * @returns null if none appears within a minute
 * @throws ConflictError if there are two
 */
export async function findDispatched(
  session: WorkflowSession,
  dispatched: Dispatched,
): Promise<WorkflowRunData | null> {
  const actor = await ownLogin(session)
  const settled = actor === null ? settling.actorUnknown : settling.actorKnown
  const begun = session.clock.now()
  let seen: { run: WorkflowRunData; since: number } | null = null
  for (let poll = 0; session.clock.now() - begun < longestSearch; poll++) {
    await session.clock.sleep(pauses[poll] ?? 5000, session.signal)
    const { runs, inTime } = await candidates(session, dispatched, actor)
    const [run, another] = runs
    if (run === undefined) continue
    if (another !== undefined) throw twoCandidates(dispatched, run, another)
    if (seen?.run.id !== run.id) seen = { run, since: session.clock.now() }
    if (session.clock.now() - seen.since >= (inTime ? settled : settling.actorUnknown)) return run
  }
  return seen?.run ?? null
}

/** The token's owner; null if GitHub does not say, as for a GitHub App's installation token. */
async function ownLogin({ github }: WorkflowSession): Promise<string | null> {
  try {
    const { login } = await ask(github, viewerAnswer, (rest) => rest.users.getAuthenticated())
    return login.toLowerCase()
  } catch (error) {
    if (error instanceof GitHubError) return null
    throw error
  }
}

/**
 * The runs that are newer by their time. If there are none, a proxy with another clock may have
 * sent the server's time: then the actor's own runs whose id is greater than all before.
 */
async function candidates(
  session: WorkflowSession,
  { repo, workflow, ref, before }: Dispatched,
  actor: string | null,
): Promise<{ runs: WorkflowRunData[]; inTime: boolean }> {
  const listing = await ignoreTransientFailures(session, () =>
    ask(session.github, runListAnswer, (rest) => dispatchedRuns(rest, repo, workflow)),
  )
  const ours = (listing?.workflow_runs ?? []).filter(
    (run) =>
      !before.known.has(run.id) &&
      run.event === 'workflow_dispatch' &&
      run.head_branch === shortRef(ref) &&
      (actor === null || run.actors.some((login) => login.toLowerCase() === actor)),
  )
  const inTime = ours.filter((run) => Date.parse(run.created_at) >= before.serverTime - skew)
  if (inTime.length > 0 || actor === null) return { runs: inTime, inTime: true }
  const newest = Math.max(0, ...before.known)
  return { runs: ours.filter(({ id }) => id > newest), inTime: false }
}

const dispatchedRuns = ({ actions }: Rest, repo: Repo, { id }: Workflow) =>
  actions.listWorkflowRuns({ ...repo, workflow_id: id, event: 'workflow_dispatch', per_page: 100 })

/** `main` for `refs/heads/main`, because runs have the short name. */
export const shortRef = (ref: string): string => ref.replace(/^refs\/(?:heads|tags)\//, '')

function twoCandidates(
  { repo }: Dispatched,
  run: WorkflowRunData,
  another: WorkflowRunData,
): ConflictError {
  return new ConflictError(
    `two runs were dispatched at the same time, and either could be ours: ${run.html_url} and ${another.html_url}`,
    {
      hint: [
        'watch the right one: ',
        { verb: ['WORKFLOW', 'WATCH'], target: `${fullNameOf(repo)}/RUN_ID` },
      ],
    },
  )
}

export function notListed({ repo, workflow }: Dispatched): GitHubNotFoundError {
  return new GitHubNotFoundError(
    `${fullNameOf(repo)} accepted the dispatch of ${workflow.name}, but lists no run of it after ${longestSearch / 1000} s`,
    {
      hint: [
        'it may appear later: ',
        { verb: ['WORKFLOW', 'RUNS'], target: `${fullNameOf(repo)}/${workflow.id}` },
      ],
    },
  )
}
