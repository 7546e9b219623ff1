import pLimit from 'p-limit'
import { z } from 'zod/mini'
import { GitHubError, GitHubNetworkError, GitHubNotFoundError } from '../../base/errors.js'
import { oidPattern } from '../../base/names/ref.js'
import { checkedRepo, type Repo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { type Api, ask, parseAnswer } from './api.js'
import { pagesOf } from './pages.js'

const signature = z.object({
  name: z.nullish(z.string()),
  email: z.nullish(z.string()),
  date: z.nullish(z.string()),
})

/** https://docs.github.com/en/rest/commits/commits#list-commits */
const commitAnswer = z.pipe(
  z.object({
    sha: z.string().check(z.regex(oidPattern)),
    commit: z.object({
      message: z.string(),
      author: z.nullish(signature),
      committer: z.nullish(signature),
    }),
    /** null if no account has the address; an empty object if the account was deleted. */
    author: z.nullish(z.object({ login: z.nullish(z.string()) })),
    parents: z.array(z.object({ sha: z.string() })),
  }),
  z.transform(({ sha, commit, author, parents }) => ({
    oid: sha,
    parents: parents.map((parent) => parent.sha),
    message: commit.message,
    /** ISO 8601, the committer's time. */
    committed_at: commit.committer?.date ?? null,
    author: { name: commit.author?.name ?? '', email: commit.author?.email ?? '' },
    /** The author's; null if GitHub knows no account. */
    login: author?.login ?? null,
  })),
)

export type CommitData = z.output<typeof commitAnswer>

export interface CommitListOptions {
  /** The branch, tag or full commit id to begin at; default: the default branch. */
  from?: string | undefined
  /** Only commits that changed this path. */
  path?: string | undefined
  /** ISO 8601: only commits since then. */
  since?: string | undefined
  /** A login or an email address. */
  author?: string | undefined
  /** The most commits to return. */
  limit?: number | undefined
}

/** Newest first. https://docs.github.com/en/rest/commits/commits#list-commits */
export async function listCommits(
  api: Api,
  { owner, repo }: Repo,
  { from, limit, ...filters }: CommitListOptions = {},
): Promise<CommitData[]> {
  const octokit = await api.octokit()
  const parameters = { ...checkedRepo(owner, repo), sha: from, ...filters }
  const found = await pagesOf(octokit, octokit.rest.repos.listCommits, parameters, { limit })
  return parseAnswer(api, z.array(commitAnswer), found)
}

const comparisonAnswer = z.object({
  total_commits: z.int().check(z.nonnegative()),
  commits: z.array(commitAnswer),
})

/** GitHub's maximum. */
const perPage = 100
/** Pages to request at a time. */
const atOnce = 4

/**
 * All commits that `head` leads to and `base` does not, oldest first.
 * https://docs.github.com/en/rest/commits/commits#compare-two-commits
 *
 * @param base a branch, a tag or a full commit id, as `head`
 * @throws GitHubNotFoundError if one of them does not exist; GitHubNetworkError if the answer lacks
 *   commits
 */
export async function compareCommits(
  api: Api,
  repo: Repo,
  base: string,
  head: string,
): Promise<CommitData[]> {
  const first = await comparisonPage(api, repo, `${base}...${head}`, 1)
  const total = first.total_commits
  const limit = pLimit(atOnce)
  const rest = Array.from({ length: Math.max(0, Math.ceil(total / perPage) - 1) }, (_, index) =>
    limit(() => comparisonPage(api, repo, `${base}...${head}`, index + 2)),
  )
  const pages = [first, ...(await Promise.all(rest))]
  const commits = pages.flatMap((page) => page.commits)
  const byOid = new Map(commits.map((commit) => [commit.oid, commit]))
  if (byOid.size === total) return [...byOid.values()]
  throw new GitHubNetworkError(
    `GitHub lists only ${byOid.size} of the ${total} commits from ${base} to ${head}`,
    { hint: 'run the command again, or in a clone with its whole history' },
  )
}

async function comparisonPage(
  api: Api,
  { owner, repo }: Repo,
  basehead: string,
  page: number,
): Promise<z.output<typeof comparisonAnswer>> {
  const { data } = await (await api.octokit()).rest.repos.compareCommitsWithBasehead({
    ...checkedRepo(owner, repo),
    basehead,
    per_page: perPage,
    page,
  })
  return parseAnswer(api, comparisonAnswer, data)
}

const commit = z.object({ sha: z.string().check(z.regex(oidPattern)) })

/**
 * The full id of the commit that a branch, a tag or a short id leads to.
 * https://docs.github.com/en/rest/commits/commits#get-a-commit
 *
 * @throws GitHubNotFoundError if there is none
 */
export async function resolveCommit(
  api: Api,
  owner: string,
  repo: string,
  ref: string,
): Promise<string> {
  try {
    const repository = checkedRepo(owner, repo)
    return (await ask(api, commit, (rest) => rest.repos.getCommit({ ...repository, ref }))).sha
  } catch (error) {
    // 422: no commit has that id; 409: the repository is empty.
    const isUnknown =
      error instanceof GitHubNotFoundError ||
      (error instanceof GitHubError && (error.status === 422 || error.status === 409))
    if (!isUnknown) throw error
    const { status, requestId } = error
    throw new GitHubNotFoundError(
      `${owner}/${repo} has no branch, tag or commit ${oneLine(ref, 100)}`,
      {
        cause: error,
        status,
        requestId,
        hint: 'check it, and that it is pushed',
      },
    )
  }
}
