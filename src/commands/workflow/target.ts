import type { Context } from '../../context.js'
import type { Component } from '../../core/config/types.js'
import { UsageError } from '../../core/errors.js'
import { repositoryAround } from '../repository-context.js'
import { findComponent, type RepositoryTarget, repositoryTarget } from '../targets.js'

/** What a target of WORKFLOW says: a repository, and maybe a workflow or a run in it. */
export interface WorkflowTarget extends RepositoryTarget {
  /** Its file, id or display name; null where the repository alone is named. */
  workflow: string | null
  runId: number | null
}

const runAddress = /^https?:\/\/[^/]+\/([^/]+)\/([^/]+)\/actions\/runs\/(\d+)(?:\/.*)?$/
const workflowAddress = /^https?:\/\/[^/]+\/([^/]+)\/([^/]+)\/actions\/workflows\/([^/?#]+)/

/**
 * `component/workflow`, `repo/workflow`, `owner/repo/workflow`, an address, or with a repository from elsewhere the
 * workflow alone; and a run's number wherever a workflow may stand.
 *
 * @throws UsageError for what names neither, or where no repository is named
 */
export async function workflowTarget(
  context: Context,
  text: string,
  flag: string | undefined,
): Promise<WorkflowTarget> {
  const address = fromAddress(text)
  if (address) {
    await repositoryTarget(context, text.split('/').slice(0, 5).join('/'))
    return address
  }
  const components = await (await context.config()).components()
  const [first = '', ...rest] = text.split('/')
  if (flag !== undefined || rest.length === 0) {
    return { ...(await repositoryAround(context, flag)), ...nameOf(text, null) }
  }
  const component = findComponent(components, first)
  if (component)
    return { owner: component.owner, repo: component.repo, ...nameOf(rest.join('/'), component) }
  const [second = '', ...others] = rest
  if (others.length === 0)
    return { ...(await repositoryTarget(context, first)), ...nameOf(second, null) }
  return {
    ...(await repositoryTarget(context, `${first}/${second}`)),
    ...nameOf(others.join('/'), null),
  }
}

/** Like workflowTarget, but a repository alone is one too; `owner/repo` is told from `repo/workflow` by asking. */
export async function repositoryOrWorkflow(
  context: Context,
  text: string | undefined,
  flag: string | undefined,
): Promise<WorkflowTarget> {
  const alone = { workflow: null, runId: null }
  if (text === undefined) return { ...(await repositoryAround(context, flag)), ...alone }
  const parts = text.split('/')
  const components = await (await context.config()).components()
  const isAddress = text.includes('://')
  if (!isAddress && parts.length === 1 && (flag === undefined || findComponent(components, text))) {
    return { ...(await repositoryTarget(context, text)), ...alone }
  }
  const couldBeRepository =
    parts.length === 2 && flag === undefined && !findComponent(components, parts[0] ?? '')
  if (isAddress ? !fromAddress(text) : couldBeRepository && (await isRepository(context, text))) {
    return { ...(await repositoryTarget(context, text)), ...alone }
  }
  return workflowTarget(context, text, flag)
}

async function isRepository(context: Context, text: string): Promise<boolean> {
  const { owner, repo } = await repositoryTarget(context, text)
  return (await context.github()).repoExists(owner, repo)
}

function fromAddress(text: string): WorkflowTarget | null {
  const run = runAddress.exec(text)
  if (run) return { owner: run[1] ?? '', repo: run[2] ?? '', workflow: null, runId: Number(run[3]) }
  const workflow = workflowAddress.exec(text)
  if (!workflow) return null
  return {
    owner: workflow[1] ?? '',
    repo: workflow[2] ?? '',
    workflow: decodeURIComponent(workflow[3] ?? ''),
    runId: null,
  }
}

/** A component calls its workflows by names of its own. */
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
