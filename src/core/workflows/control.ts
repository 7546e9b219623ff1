import { endpoint } from '../github/addresses.js'
import { type Api, repositoryPath } from '../github/api.js'
import type { Repo } from './deps.js'

/**
 * https://docs.github.com/en/rest/actions/workflow-runs#cancel-a-workflow-run
 *
 * @param signal in place of the command's own, which may be over
 * @throws GitHubError (409) where it is completed
 */
export async function cancelRun(
  github: Api,
  repo: Repo,
  runId: number | string,
  signal?: AbortSignal,
): Promise<void> {
  await ask(github, 'POST', `${runPath(repo, runId)}/cancel`, signal)
}

/**
 * All jobs once more, or those that failed and what depends on them.
 * https://docs.github.com/en/rest/actions/workflow-runs#re-run-a-workflow
 */
export async function rerun(
  github: Api,
  repo: Repo,
  runId: number | string,
  { failed = false }: { failed?: boolean | undefined } = {},
): Promise<void> {
  await ask(github, 'POST', `${runPath(repo, runId)}/${failed ? 'rerun-failed-jobs' : 'rerun'}`)
}

/** https://docs.github.com/en/rest/actions/workflows#enable-a-workflow */
export async function setWorkflowState(
  github: Api,
  { owner, repo }: Repo,
  workflowId: number,
  state: 'enable' | 'disable',
): Promise<void> {
  const path = `${repositoryPath(owner, repo)}/actions/workflows/${workflowId}/${state}`
  await ask(github, 'PUT', path)
}

const runPath = ({ owner, repo }: Repo, runId: number | string) =>
  `${repositoryPath(owner, repo)}/actions/runs/${encodeURIComponent(runId)}`

async function ask(
  github: Api,
  method: 'POST' | 'PUT',
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  await github.send({ method, url: endpoint(github.baseUrl, path), headers: {}, signal })
}
