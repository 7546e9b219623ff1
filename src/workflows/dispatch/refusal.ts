import { GitHubError, GitHubNotFoundError } from '../../base/errors.js'
import type { Hint } from '../../base/hint.js'
import { didYouMean, oneLine } from '../../base/text.js'
import type { Dispatch } from '../../github/rest/dispatch.js'
import { pagesOf } from '../../github/rest/pages.js'
import { fileOf } from '../../github/rest/workflows.js'
import { fullNameOf, type WorkflowDeps } from '../deps.js'

const mostNamed = 100

/** GitHub's reason for refusing a dispatch, with the remedy. */
export async function explainRefusal(
  deps: WorkflowDeps,
  dispatch: Dispatch,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof GitHubError) || error.status !== 422) return error
  if (/no ref found|ref .*not found/i.test(error.message)) return unknownRef(deps, dispatch, error)
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
        target: `${fullNameOf(dispatch)}/${fileOf(dispatch.workflow.path)}`,
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
  { github }: WorkflowDeps,
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
  // That they can't be listed is no reason to tell less of the ref.
  const all = listed.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  const there =
    all.length === 0
      ? 'check its name, and that it is pushed'
      : `there are: ${all.slice(0, 20).join(', ')}${all.length > 20 ? ' …' : ''}`
  return new GitHubNotFoundError(
    `${owner}/${repo} has no branch or tag ${oneLine(ref, 100)} to run a workflow on`,
    { cause, status: cause.status, hint: oneLine(didYouMean(ref, all) ?? there) },
  )
}
