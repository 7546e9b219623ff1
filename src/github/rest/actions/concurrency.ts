import { z } from 'zod/mini'
import { GitHubError, GitHubRateLimitError } from '../../../base/errors.js'
import { checkedRepo, type Repo } from '../../../base/names/repository.js'
import { type Api, parseAnswer } from '../api.js'

/** A run of the same repository that others of its concurrency group wait for. */
export interface GroupHolder {
  run_id: number
  html_url: string | null
}

const memberAnswer = z.object({
  run_id: z.number(),
  run_html_url: z.nullish(z.string()),
  status: z.string(),
})
const groupAnswer = z.object({ group_name: z.string(), group_members: z.array(memberAnswer) })
const groupsAnswer = z.object({ concurrency_groups: z.array(groupAnswer) })

/**
 * The run that holds the concurrency group in which a run, or one of its jobs, waits. null if it
 * waits in none, or the server does not say: older ones have no such endpoints.
 * https://docs.github.com/en/rest/actions/concurrency-groups
 *
 * @throws GitHubRateLimitError, and the signal's reason
 */
export async function findHolder(api: Api, repo: Repo, runId: number): Promise<GroupHolder | null> {
  try {
    const octokit = await api.octokit()
    const of = checkedRepo(repo.owner, repo.repo)
    const own = await octokit.request(
      'GET /repos/{owner}/{repo}/actions/runs/{run_id}/concurrency_groups',
      { ...of, run_id: runId },
    )
    const groups = parseAnswer(api, groupsAnswer, own.data).concurrency_groups
    const waiting = groups.find(({ group_members }) => group_members.some(isPending))
    if (waiting === undefined) return null
    const group = await octokit.request(
      'GET /repos/{owner}/{repo}/actions/concurrency_groups/{concurrency_group_name}',
      { ...of, concurrency_group_name: waiting.group_name },
    )
    const { group_members: members } = parseAnswer(api, groupAnswer, group.data)
    const holder = members.find((one) => !isPending(one) && one.run_id !== runId)
    return holder ? { run_id: holder.run_id, html_url: holder.run_html_url ?? null } : null
  } catch (error) {
    if (error instanceof GitHubError && !(error instanceof GitHubRateLimitError)) return null
    throw error
  }
}

const isPending = ({ status }: { status: string }) => status === 'pending'
