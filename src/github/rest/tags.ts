import { z } from 'zod/mini'
import { GitHubError, GitHubNetworkError, GitHubNotFoundError } from '../../base/errors.js'
import { oidPattern } from '../../base/names/ref.js'
import { checkedRepo, type Repo } from '../../base/names/repository.js'
import { type Api, ask, parseAnswer } from './api.js'
import { pagesOf } from './pages.js'

const oid = z.string().check(z.regex(oidPattern))
const target = z.object({ object: z.object({ type: z.string(), sha: oid }) })
const listed = z.object({ name: z.string(), commit: z.object({ sha: oid }) })

/** Limits the number of nested tags to follow. */
const mostHops = 5

/**
 * The commit that a tag leads to, through annotated tags; null if there is no such tag.
 * https://docs.github.com/en/rest/git/refs#get-a-reference,
 * https://docs.github.com/en/rest/git/tags#get-a-tag
 */
export async function tagCommit(
  api: Api,
  owner: string,
  repo: string,
  tag: string,
): Promise<string | null> {
  const repository = checkedRepo(owner, repo)
  let { object } = (await tagRef(api, repository, tag)) ?? { object: null }
  for (let hops = 0; object?.type === 'tag'; hops++) {
    if (hops === mostHops) throw new GitHubNetworkError(`the tag ${tag} does not point to a commit`)
    const annotated = { ...repository, tag_sha: object.sha }
    object = (await ask(api, target, (rest) => rest.git.getTag(annotated))).object
  }
  return object?.sha ?? null
}

async function tagRef(api: Api, repository: Repo, tag: string) {
  const ref = `tags/${tag}`
  try {
    return await ask(api, target, (rest) => rest.git.getRef({ ...repository, ref }))
  } catch (error) {
    // 409: the repository is empty.
    const isAbsent =
      error instanceof GitHubNotFoundError || (error instanceof GitHubError && error.status === 409)
    if (isAbsent) return null
    throw error
  }
}

export interface TagData {
  name: string
  /** The full id of the commit that it leads to. */
  commit: string
}

/** All tags. https://docs.github.com/en/rest/repos/repos#list-repository-tags */
export async function listTags(api: Api, owner: string, repo: string): Promise<TagData[]> {
  const octokit = await api.octokit()
  const found = await pagesOf(octokit, octokit.rest.repos.listTags, { ...checkedRepo(owner, repo) })
  return parseAnswer(api, z.array(listed), found).map(({ name, commit }) => ({
    name,
    commit: commit.sha,
  }))
}

/**
 * Succeeds also if the tag does not exist.
 * https://docs.github.com/en/rest/git/refs#delete-a-reference
 */
export async function deleteTag(api: Api, owner: string, repo: string, tag: string): Promise<void> {
  try {
    const repository = checkedRepo(owner, repo)
    await (await api.octokit()).rest.git.deleteRef({ ...repository, ref: `tags/${tag}` })
  } catch (error) {
    const isAbsent =
      error instanceof GitHubNotFoundError ||
      (error instanceof GitHubError &&
        error.status === 422 &&
        /does not exist/i.test(error.message))
    if (!isAbsent) throw error
  }
}
