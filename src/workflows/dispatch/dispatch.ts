import {
  ConflictError,
  GitHubError,
  GitHubNetworkError,
  GitHubNotFoundError,
  UsageError,
} from '../../base/errors.js'
import type { Hint, HintParts } from '../../base/hint.js'
import { didYouMean, oneLine } from '../../base/text.js'
import {
  type Dispatch,
  type DispatchResult,
  dispatchWorkflow,
  mayHaveStarted,
} from '../../github/rest/actions/dispatch.js'
import { findWorkflow, type Workflow, workflowFileOf } from '../../github/rest/actions/workflows.js'
import { pagesOf } from '../../github/rest/pages.js'
import { getRepo } from '../../github/rest/repositories.js'
import { logsUrl, toRun, type WorkflowRun } from '../run-data.js'
import { fullNameOf, type Repo, type WorkflowSession, withWayBack } from '../session.js'
import { type Before, findDispatched, listBefore, notListed, shortRef } from './correlate.js'
import { checkInputs, readInputs, type WorkflowInputs } from './inputs.js'

export interface DispatchRequest extends Repo {
  /** An id, a file (`tests.yml` or `tests`) or a display name. */
  workflow: string | number
  /** A branch or a tag; default: the default branch. */
  ref?: string | undefined
  inputs?: Record<string, string> | undefined
  /** Gives the inputs of a workflow that has some, where none are given. */
  askInputs?: InputsQuestion | undefined
}

/** @param workflow its name in messages */
export type InputsQuestion = (
  workflow: string,
  inputs: WorkflowInputs,
) => Promise<Record<string, string>>

/**
 * Starts a workflow once, and returns its run.
 *
 * @returns the run, with the fields that are known without another request
 * @throws UsageError for wrong inputs, before the dispatch, and if two workflows have that name;
 *   GitHubNotFoundError for an unknown workflow or ref; ConflictError if two runs may be the one;
 *   GitHubError with GitHub's reason: a disabled workflow, no `workflow_dispatch`
 */
export async function dispatch(
  session: WorkflowSession,
  request: DispatchRequest,
): Promise<WorkflowRun> {
  const outcome = await dispatchOnce(session, request)
  if (!outcome.isKnown) throw outcome.doubt
  return outcome.run
}

/**
 * The run of a dispatch; or why it is not known, although it may have started, and the run that may
 * be the one.
 */
export type DispatchOutcome =
  | { isKnown: true; run: WorkflowRun }
  | { isKnown: false; run: WorkflowRun | null; doubt: unknown }

/**
 * The same for callers that must know whether a run may have started.
 *
 * @param beforeSending runs when everything is checked
 * @throws as `dispatch` if nothing has started; the signal's reason if it was aborted
 */
export async function dispatchOnce(
  session: WorkflowSession,
  { owner, repo, workflow: name, ref, askInputs, ...given }: DispatchRequest,
  beforeSending?: () => Promise<void>,
): Promise<DispatchOutcome> {
  assertFew(given.inputs ?? {})
  const workflow = await findWorkflow(session.github, owner, repo, name)
  const listed = () => listBefore(session, { owner, repo }, workflow)
  const [on, known, early] = await Promise.all([
    ref ?? getRepo(session.github, owner, repo).then(({ default_branch: branch }) => branch),
    readInputs(session.github, { owner, repo }, workflow, ref),
    // While somebody is asked, others may dispatch it.
    askInputs === undefined ? listed() : null,
  ])
  const title = `${owner}/${repo}/${workflowFileOf(workflow.path)}`
  const isOpen = given.inputs === undefined || Object.keys(given.inputs).length === 0
  const asked = known !== null && isOpen ? await askInputs?.(title, known) : undefined
  const inputs = asked ?? given.inputs ?? {}
  if (known !== null) checkInputs(title, known, inputs)
  const before = early ?? (await listed())
  await beforeSending?.()
  const outcome = await send(session, { owner, repo, workflow, ref: on, inputs }, before)
  if (outcome.isKnown)
    session.emit({ type: 'run-dispatched', run: outcome.run, inputs: Object.keys(inputs) })
  return outcome
}

/** https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event */
const mostInputs = 25

function assertFew(inputs: Record<string, string>): void {
  const count = Object.keys(inputs).length
  if (count <= mostInputs) return
  throw new UsageError(`a dispatch takes at most ${mostInputs} inputs, got ${count}`)
}

async function send(
  session: WorkflowSession,
  request: Dispatch,
  before: Before,
): Promise<DispatchOutcome> {
  const { workflow, ref } = request
  const { lost, runId, htmlUrl } = await post(session, request)
  if (runId !== null) {
    return { isKnown: true, run: startedRun(session, request, { runId, htmlUrl }) }
  }
  const dispatched = { repo: request, workflow, ref, before }
  try {
    const found = await findDispatched(session, dispatched)
    const run = found && toRun(session.github, request, found)
    if (run !== null && lost === undefined) return { isKnown: true, run }
    const doubt =
      lost === undefined
        ? notListed(dispatched)
        : run === null
          ? unanswered(request, lost)
          : perhapsOurs(run.html_url, lost)
    return { isKnown: false, run, doubt }
  } catch (error) {
    const doubt = withWayBack(session, error, lookFirst(request, lost))
    if (session.signal?.aborted) throw doubt
    return { isKnown: false, run: null, doubt }
  }
}

interface Posted extends DispatchResult {
  /** Why its answer did not come: the request itself may have been carried out. */
  lost?: GitHubNetworkError
}

/** @throws the signal's reason, which says that a run may have been started */
async function post(session: WorkflowSession, request: Dispatch): Promise<Posted> {
  try {
    return await dispatchWorkflow(session.github, request)
  } catch (error) {
    if (session.signal?.aborted) throw withWayBack(session, error, lookFirst(request, 'stopped'))
    if (!mayHaveStarted(error)) throw await explainRefusal(session, request, error)
    session.emit({ type: 'dispatch-unanswered', message: error.message })
    return { runId: null, htmlUrl: null, lost: error }
  }
}

/** What is known of a dispatch whose run is not, and where to look for it. */
function lookFirst(request: Dispatch, lost: GitHubNetworkError | 'stopped' | undefined): HintParts {
  const known =
    lost === undefined
      ? 'the run was started, but its id is not known yet'
      : lost === 'stopped'
        ? 'no answer to the dispatch came, so a run may have started'
        : `the answer to the dispatch was lost (${lost.message}), so a run may have started`
  const target = targetOf(request, request.workflow)
  return [`${known}: before dispatching again look at `, { verb: ['WORKFLOW', 'RUNS'], target }]
}

function unanswered(request: Dispatch, cause: GitHubNetworkError): GitHubNetworkError {
  const { message, status, requestId } = cause
  return new GitHubNetworkError(message, {
    cause,
    status,
    requestId,
    hint: [
      'no new run is listed, but one may have started: before dispatching again look at ',
      { verb: ['WORKFLOW', 'RUNS'], target: targetOf(request, request.workflow) },
    ],
  })
}

/** If the dispatch may have failed, a single new run proves nothing: it may be somebody else's. */
function perhapsOurs(address: string, cause: GitHubNetworkError): ConflictError {
  const { message } = cause
  return new ConflictError(
    `the answer to the dispatch was lost (${message}); ${address} may be its run`,
    {
      cause,
      hint: [
        'look at it before dispatching again: ',
        { verb: ['WORKFLOW', 'WATCH'], target: address },
      ],
    },
  )
}

/** The known fields of a run before the first request for it. */
function startedRun(
  { github }: WorkflowSession,
  request: Dispatch,
  { runId, htmlUrl }: { runId: number; htmlUrl: string | null },
): WorkflowRun {
  const page = `${github.gitUrl}/${fullNameOf(request)}/actions/runs/${runId}`
  return {
    run_id: runId,
    status: 'queued',
    conclusion: null,
    html_url: htmlUrl ?? page,
    repo: fullNameOf(request),
    workflow: workflowFileOf(request.workflow.path),
    ref: shortRef(request.ref),
    created_at: null,
    completed_at: null,
    duration_seconds: null,
    logs_url: logsUrl(github, request, runId),
    artifacts: [],
  }
}

const targetOf = (repo: Repo, { path }: Workflow) => `${fullNameOf(repo)}/${workflowFileOf(path)}`

const mostNamed = 100

/** Explains why GitHub refused a dispatch, with the remedy. */
export async function explainRefusal(
  session: WorkflowSession,
  dispatch: Dispatch,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof GitHubError) || error.status !== 422) return error
  if (/no ref found|ref .*not found/i.test(error.message))
    return unknownRef(session, dispatch, error)
  const remedy = remedies.find(({ words }) => words.test(error.message))
  if (remedy === undefined) return error
  const { status, requestId } = error
  return new GitHubError(error.message, {
    status,
    requestId,
    cause: error,
    hint: remedy.hint(dispatch),
  })
}

const remedies: { words: RegExp; hint(dispatch: Dispatch): Hint }[] = [
  {
    words: /disabled/i,
    hint: (dispatch) => [
      {
        verb: ['WORKFLOW', 'ENABLE'],
        target: `${fullNameOf(dispatch)}/${workflowFileOf(dispatch.workflow.path)}`,
      },
      ' enables it',
    ],
  },
  {
    words: /does not have.*workflow_dispatch/i,
    hint: ({ workflow, ref }) =>
      `add workflow_dispatch to the events under \`on:\` in ${workflow.path} on ${oneLine(ref, 100)}`,
  },
]

async function unknownRef(
  { github }: WorkflowSession,
  { owner, repo, ref }: Dispatch,
  cause: GitHubError,
): Promise<GitHubNotFoundError> {
  const octokit = await github.octokit()
  const names = async (list: Parameters<typeof pagesOf>[1]) => {
    const items = await pagesOf(octokit, list, { owner, repo }, { limit: mostNamed })
    return items.map((item) => String((item as { name?: unknown }).name))
  }
  const { listBranches, listTags } = octokit.rest.repos
  const listed = await Promise.allSettled([names(listBranches), names(listTags)])
  // A failed listing must not weaken the message about the ref.
  const all = listed.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  const there =
    all.length === 0
      ? 'check its name, and that it was pushed'
      : `available: ${all.slice(0, 20).join(', ')}${all.length > 20 ? ' …' : ''}`
  return new GitHubNotFoundError(
    `${owner}/${repo} has no branch or tag ${oneLine(ref, 100)} to run a workflow on`,
    { cause, status: cause.status, hint: oneLine(didYouMean(ref, all) ?? there) },
  )
}
