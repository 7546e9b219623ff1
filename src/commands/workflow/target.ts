import { GitHubNotFoundError, NotFoundError, UsageError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import { didYouMean, oneLine } from '../../base/text.js'
import type { Component } from '../../config/files/components.js'
import type { Invocation } from '../../invocation.js'
import { findComponent, repositoryAround, repositoryTarget } from '../targets.js'

/** A target of WORKFLOW: a repository, and optionally a workflow or a run in it. */
export interface WorkflowTarget extends Repo {
  /** Its file, id or display name; null if only a repository is named. */
  workflow: string | null
  /** Of the component's entry: where and with what it runs. */
  ref?: string | undefined
  inputs?: Record<string, string> | undefined
  runId: number | null
  /** Set if the target is the address of an attempt of a run. */
  attempt?: number | undefined
  /** Set if the target is the address of a run's job. */
  jobId?: number | undefined
}

/** As in a browser, optionally followed by an attempt, a job, `?pr=5` or `#summary`. */
const runAddress = /^https?:\/\/[^/]+\/([^/]+)\/([^/]+)\/actions\/runs\/(\d{1,15})(?:[/?#].*)?$/
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
  const component = findComponent(components, first)
  // A target that names a repository needs none from the flag; a display name may have a slash, too.
  if (flag !== undefined && !/^[\w.-]+(?:\/[\w.-]+){1,2}$/.test(text))
    return { ...(await repositoryAround(invocation, flag)), ...nameOf(text, null) }
  if (rest.length === 0) {
    const missing = component ? noWorkflow(component) : wholeTargets(text)
    const around = await repositoryAround(invocation, undefined, missing)
    return { ...around, ...nameOf(text, null) }
  }
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
    throw new GitHubNotFoundError(`${text} was not found, or is not visible to you`, {
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

function noWorkflow({ name, workflows }: Component): UsageError {
  const known = Object.keys(workflows).map((workflow) => `${name}/${workflow}`)
  return new UsageError(`${name} is a component; name one of its workflows or runs`, {
    hint: known.length > 0 ? known.join(', ') : `${name}/tests.yml, or ${name}/RUN_ID`,
  })
}

/** How to name a repository with a workflow or run, where no clone is around. */
function wholeTargets(text: string): UsageError {
  const name = oneLine(text, 100)
  const isRun = /^\d+$/.test(text)
  return new UsageError(`no repository given for the ${isRun ? 'run' : 'workflow'} ${name}`, {
    hint: isRun
      ? `write REPO/${name} or OWNER/REPO/${name}, or give -R OWNER/REPO`
      : `write REPO/${name}, or ${name}/WORKFLOW if ${name} is the repository, or give -R OWNER/REPO`,
  })
}

const noWorkflowOrNoOwner = (text: string) =>
  new UsageError(`${oneLine(text, 200)} lacks a workflow, or the repository's owner`, {
    hint: `write ${oneLine(text, 200)}/tests.yml, or set owner in github.yaml or GITHUB_OWNER`,
  })

function noSuchComponent(name: string, repository: string, known: string[]): NotFoundError {
  const hint = didYouMean(name, known) ?? `known components: ${known.join(', ')}`
  return new NotFoundError(`no component ${oneLine(name, 100)} and no repository ${repository}`, {
    hint: oneLine(hint, 400),
  })
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
    workflow: decoded(workflow[3] ?? ''),
    runId: null,
  }
}

/** @throws UsageError */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch (cause) {
    throw new UsageError(`not an address: ${oneLine(part, 100)}`, { cause })
  }
}

/** A component has its own names for workflows. */
function nameOf(
  text: string,
  component: Component | null,
): Pick<WorkflowTarget, 'workflow' | 'ref' | 'inputs' | 'runId'> {
  if (text === '')
    throw new UsageError('the target has no workflow after the /', {
      hint: 'for example core/tests',
    })
  const [, own] =
    Object.entries(component?.workflows ?? {}).find(
      ([name]) => name.toLowerCase() === text.toLowerCase(),
    ) ?? []
  if (own !== undefined)
    return { workflow: own.file, ref: own.ref ?? undefined, inputs: own.inputs, runId: null }
  return { workflow: text, runId: /^\d{1,15}$/.test(text) ? Number(text) : null }
}
