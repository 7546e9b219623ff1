import { GitHubNotFoundError, NotFoundError, UsageError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import { didYouMean, oneLine } from '../../base/text.js'
import type { Component } from '../../config/files/components.js'
import type { Invocation } from '../../invocation.js'
import type { FlagSpecs } from '../flags.js'
import { findComponent, repositoryAround, repositoryTarget } from '../targets.js'

/** A target of WORKFLOW: a repository, and optionally a workflow or a run in it. */
export interface WorkflowTarget extends Repo {
  /** Its file, id or display name; null if only a repository is named. */
  workflow: string | null
  runId: number | null
  /** Set if the target is the address of an attempt of a run. */
  attempt?: number | undefined
  /** Set if the target is the address of a run's job. */
  jobId?: number | undefined
}

/** As in a browser, optionally followed by an attempt, a job, `?pr=5` or `#summary`. */
const runAddress = /^https?:\/\/[^/]+\/([^/]+)\/([^/]+)\/actions\/runs\/(\d+)(?:[/?#].*)?$/
const attemptAddress = /\/actions\/runs\/\d+\/attempts\/(\d+)(?:[/?#].*)?$/
const jobAddress = /\/actions\/runs\/\d+(?:\/attempts\/\d+)?\/job\/(\d+)(?:[/?#].*)?$/
const workflowAddress = /^https?:\/\/[^/]+\/([^/]+)\/([^/]+)\/actions\/workflows\/([^/?#]+)/

/**
 * `component/workflow`, `repo/workflow`, `owner/repo/workflow`, an address or, if the repository
 * comes from elsewhere, just the workflow. A run's number may replace the workflow.
 *
 * @throws UsageError if it is none of these, or no repository is named
 */
export async function workflowTarget(
  invocation: Invocation,
  text: string,
  flag: string | undefined,
): Promise<WorkflowTarget> {
  const address = fromAddress(text)
  if (address) {
    await repositoryTarget(invocation, text.split('/').slice(0, 5).join('/'))
    return address
  }
  const components = await (await invocation.config()).components()
  const [first = '', ...rest] = text.split('/')
  if (flag !== undefined || rest.length === 0) {
    return { ...(await repositoryAround(invocation, flag)), ...nameOf(text, null) }
  }
  const component = findComponent(components, first)
  if (component)
    return { owner: component.owner, repo: component.repo, ...nameOf(rest.join('/'), component) }
  const [second = '', ...others] = rest
  if (others.length === 0) {
    if ((await invocation.config()).github.owner === null) throw noWorkflowOrNoOwner(text)
    const { owner, repo } = await repositoryTarget(invocation, first)
    const known = Object.keys(components)
    if (known.length > 0 && !(await isRepository(invocation, `${owner}/${repo}`)))
      throw noSuchComponent(first, `${owner}/${repo}`, known)
    return { owner, repo, ...nameOf(second, null) }
  }
  return {
    ...(await repositoryTarget(invocation, `${first}/${second}`)),
    ...nameOf(others.join('/'), null),
  }
}

/**
 * Like workflowTarget, but also accepts just a repository; asks GitHub to distinguish `owner/repo`
 * from `repo/workflow`.
 */
export async function repositoryOrWorkflow(
  invocation: Invocation,
  text: string | undefined,
  flag: string | undefined,
): Promise<WorkflowTarget> {
  const alone = { workflow: null, runId: null }
  if (text === undefined) return { ...(await repositoryAround(invocation, flag)), ...alone }
  const parts = text.split('/')
  const components = await (await invocation.config()).components()
  const isAddress = text.includes('://')
  if (!isAddress && parts.length === 1 && (flag === undefined || findComponent(components, text))) {
    return { ...(await repositoryTarget(invocation, text)), ...alone }
  }
  const couldBeRepository =
    parts.length === 2 && flag === undefined && !findComponent(components, parts[0] ?? '')
  if (
    isAddress ? !fromAddress(text) : couldBeRepository && (await isRepository(invocation, text))
  ) {
    return { ...(await repositoryTarget(invocation, text)), ...alone }
  }
  if (couldBeRepository && !(await isBelowOwner(invocation, parts[0] ?? ''))) {
    throw new GitHubNotFoundError(`${text} is not there, or not visible`, {
      hint: 'check the name, and that the token may see it: wizard AUTH STATUS',
    })
  }
  return workflowTarget(invocation, text, flag)
}

/** Whether it may mean `repo/workflow`: the default owner has a repository of that name. */
async function isBelowOwner(invocation: Invocation, name: string): Promise<boolean> {
  const { owner } = (await invocation.config()).github
  return owner !== null && isRepository(invocation, `${owner}/${name}`)
}

const noWorkflowOrNoOwner = (text: string) =>
  new UsageError(`${oneLine(text, 200)} is short of a workflow, or of the repository's owner`, {
    hint: `write ${oneLine(text, 200)}/tests.yml, or set owner in github.yaml or GITHUB_OWNER`,
  })

function noSuchComponent(name: string, repository: string, known: string[]): NotFoundError {
  const hint = didYouMean(name, known) ?? `there are the components ${known.join(', ')}`
  return new NotFoundError(
    `there is no component ${oneLine(name, 100)}, and no repository ${repository}`,
    { hint: oneLine(hint, 400) },
  )
}

async function isRepository(invocation: Invocation, text: string): Promise<boolean> {
  const { owner, repo } = await repositoryTarget(invocation, text)
  return (await invocation.github()).repoExists(owner, repo)
}

function fromAddress(text: string): WorkflowTarget | null {
  const run = runAddress.exec(text)
  if (run) {
    const [, owner = '', repo = '', runId] = run
    const numberIn = (address: RegExp) => {
      const number = address.exec(text)?.[1]
      return number === undefined ? undefined : Number(number)
    }
    const part = { attempt: numberIn(attemptAddress), jobId: numberIn(jobAddress) }
    return { owner, repo, workflow: null, runId: Number(runId), ...part }
  }
  const workflow = workflowAddress.exec(text)
  if (!workflow) return null
  return {
    owner: workflow[1] ?? '',
    repo: workflow[2] ?? '',
    workflow: decodeURIComponent(workflow[3] ?? ''),
    runId: null,
  }
}

/** A component has its own names for workflows. */
function nameOf(
  text: string,
  component: Component | null,
): Pick<WorkflowTarget, 'workflow' | 'runId'> {
  if (text === '')
    throw new UsageError('the target ends before the workflow', { hint: 'for example core/tests' })
  const own = Object.entries(component?.workflows ?? {}).find(
    ([name]) => name.toLowerCase() === text.toLowerCase(),
  )
  const runId = !own && /^\d{1,15}$/.test(text) ? Number(text) : null
  return { workflow: own?.[1] ?? text, runId }
}

/** Flags of verbs that take a run. */
export const runFlags = {
  repo: {
    type: 'text',
    short: 'R',
    value: 'OWNER/REPO',
    summary: 'the repository, where the target names none',
  },
  branch: { type: 'text', value: 'B', summary: 'with a workflow: its newest run on that branch' },
} as const satisfies FlagSpecs

/** For verbs that know a run's earlier attempts. */
export const attemptFlag = {
  attempt: {
    type: 'integer',
    value: 'N',
    min: 1,
    summary: 'that attempt of the run; default: the latest',
  },
} as const satisfies FlagSpecs

export const runArgument = {
  name: 'run',
  summary: 'component/RUN_ID, owner/repo/RUN_ID, its address, or a workflow: its newest run',
}

export interface RunTarget extends Repo {
  runId: number
  /** From `--attempt`, or the address of an attempt. */
  attempt?: number | undefined
  /** From a job's address. */
  jobId?: number | undefined
}

/**
 * The run that a target names; for a workflow its newest run, with a note that says so.
 *
 * @throws UsageError for a workflow if `exact` is set, because its newest run may be somebody
 *   else's; and for two different attempts
 */
export async function runTarget(
  invocation: Invocation,
  text: string,
  { repo: flag, branch, attempt }: RunTargetFlags,
  { exact = false } = {},
): Promise<RunTarget> {
  const named = await workflowTarget(invocation, text, flag)
  const { owner, repo, workflow, runId, jobId } = named
  if (attempt !== undefined && (jobId ?? named.attempt ?? attempt) !== attempt)
    throw new UsageError(`--attempt ${attempt} is not the one that ${oneLine(text, 200)} names`)
  if (runId !== null) return { owner, repo, runId, attempt: attempt ?? named.attempt, jobId }
  if (exact) {
    throw new UsageError(`${text} names no run`, {
      hint: `wizard WORKFLOW RUNS ${text} lists their ids`,
    })
  }
  const runner = await invocation.workflowRunner()
  const newest = await runner.newestRun(owner, repo, workflow ?? text, branch, invocation.call)
  invocation.terminal.note(`newest run of ${newest.workflow}: ${newest.run_id}, ${newest.html_url}`)
  return { owner, repo, runId: newest.run_id, attempt }
}

interface RunTargetFlags {
  repo?: string | undefined
  branch?: string | undefined
  attempt?: number | undefined
}

/**
 * For verbs that can't work on a job by itself.
 *
 * @throws UsageError for a job's address, which would be taken for its whole run
 */
export function refuseJob({ owner, repo, runId, jobId }: RunTarget, verb: string): void {
  if (jobId === undefined) return
  throw new UsageError(`${verb} takes a whole run, and this is the address of a job`, {
    hint: `its run: wizard WORKFLOW ${verb} ${owner}/${repo}/${runId}`,
  })
}

/**
 * For verbs that change a run, which GitHub does with its latest attempt alone.
 *
 * @throws UsageError for the address of a job or of an earlier attempt
 */
export async function refusePart(
  invocation: Invocation,
  target: RunTarget,
  verb: string,
): Promise<void> {
  refuseJob(target, verb)
  const { owner, repo, runId, attempt } = target
  if (attempt === undefined) return
  const { run_attempt: latest } = await (await invocation.github()).getWorkflowRun(
    owner,
    repo,
    runId,
  )
  if (latest === attempt) return
  throw new UsageError(`${verb} takes the latest attempt, ${latest}, and not ${attempt}`, {
    hint: `the latest: wizard WORKFLOW ${verb} ${owner}/${repo}/${runId}`,
  })
}
