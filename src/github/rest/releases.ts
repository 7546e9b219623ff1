import { z } from 'zod/mini'
import { GitHubAuthError, GitHubNotFoundError } from '../../base/errors.js'
import { checkedRepo } from '../../base/names/repository.js'
import { type Api, ask, parseAnswer } from './api.js'
import { type Paging, pagesOf } from './pages.js'
import { assetAnswer, type ReleaseAsset } from './release-assets.js'

/** https://docs.github.com/en/rest/releases/releases#get-a-release */
export interface Release {
  id: number
  tag_name: string
  /** Its title; the tag if it has none. */
  name: string
  /** Markdown; empty if there is none. */
  body: string
  /** Its web page. */
  url: string
  upload_url: string
  draft: boolean
  prerelease: boolean
  /** Its assets and tag can no longer change. */
  immutable: boolean
  target_commitish: string | null
  /** ISO 8601. */
  created_at: string | null
  /** ISO 8601; null for a draft. */
  published_at: string | null
  /** The author's login. */
  author: string | null
  assets: ReleaseAsset[]
}

export const releaseAnswer = z.pipe(
  z.object({
    id: z.number(),
    tag_name: z.string(),
    name: z.nullish(z.string()),
    body: z.nullish(z.string()),
    html_url: z.string(),
    upload_url: z.string(),
    draft: z.boolean(),
    prerelease: z.boolean(),
    immutable: z.nullish(z.boolean()),
    target_commitish: z.nullish(z.string()),
    created_at: z.nullish(z.string()),
    published_at: z.nullish(z.string()),
    author: z.nullish(z.object({ login: z.string() })),
    assets: z._default(z.array(assetAnswer), []),
  }),
  z.transform(
    (answer): Release => ({
      id: answer.id,
      tag_name: answer.tag_name,
      name: answer.name ?? answer.tag_name,
      body: answer.body ?? '',
      url: answer.html_url,
      upload_url: answer.upload_url,
      draft: answer.draft,
      prerelease: answer.prerelease,
      immutable: answer.immutable ?? false,
      target_commitish: answer.target_commitish ?? null,
      created_at: answer.created_at ?? null,
      published_at: answer.published_at ?? null,
      author: answer.author?.login ?? null,
      assets: answer.assets,
    }),
  ),
)

/** GitHub's `make_latest`; `legacy`: by date and version. */
export type MakeLatest = 'true' | 'false' | 'legacy'

export interface ReleaseOptions {
  /** Default: the tag. */
  name?: string | undefined
  /** Markdown. */
  body?: string | undefined
  draft?: boolean | undefined
  prerelease?: boolean | undefined
  /** A branch or a full commit id for a new tag; default: the default branch. */
  target?: string | undefined
  latest?: MakeLatest | undefined
  generateNotes?: boolean | undefined
}

/**
 * https://docs.github.com/en/rest/releases/releases#create-a-release
 *
 * @throws GitHubError (422) if the tag already has a release
 */
export async function createRelease(
  api: Api,
  owner: string,
  repo: string,
  tag: string,
  options: ReleaseOptions = {},
): Promise<Release> {
  const { data } = await (await api.octokit()).rest.repos.createRelease({
    ...checkedRepo(owner, repo),
    tag_name: tag,
    name: options.name ?? tag,
    body: options.body,
    draft: options.draft ?? false,
    prerelease: options.prerelease ?? false,
    target_commitish: options.target,
    make_latest: options.latest,
    generate_release_notes: options.generateNotes,
  })
  return parseAnswer(api, releaseAnswer, data)
}

/**
 * Changes the given fields only; `draft: false` publishes.
 * https://docs.github.com/en/rest/releases/releases#update-a-release
 */
export async function updateRelease(
  api: Api,
  owner: string,
  repo: string,
  id: number,
  options: Omit<ReleaseOptions, 'generateNotes'> & { tag?: string | undefined },
): Promise<Release> {
  const { data } = await (await api.octokit()).rest.repos.updateRelease({
    ...checkedRepo(owner, repo),
    release_id: id,
    tag_name: options.tag,
    name: options.name,
    body: options.body,
    draft: options.draft,
    prerelease: options.prerelease,
    target_commitish: options.target,
    make_latest: options.latest,
  })
  return parseAnswer(api, releaseAnswer, data)
}

/**
 * Deletes a release; its tag stays. A 404 counts as success only if the release is really gone:
 * GitHub also answers 404 if the token may not delete it.
 * https://docs.github.com/en/rest/releases/releases#delete-a-release
 */
export async function deleteRelease(
  api: Api,
  owner: string,
  repo: string,
  id: number,
): Promise<void> {
  try {
    const repository = checkedRepo(owner, repo)
    await (await api.octokit()).rest.repos.deleteRelease({ ...repository, release_id: id })
  } catch (error) {
    if (!(error instanceof GitHubNotFoundError) || (await isThere(api, owner, repo, id)))
      throw error
  }
}

async function isThere(api: Api, owner: string, repo: string, id: number): Promise<boolean> {
  try {
    await getRelease(api, owner, repo, id)
    return true
  } catch (error) {
    if (error instanceof GitHubNotFoundError) return false
    throw error
  }
}

export interface ReleaseListOptions extends Paging {
  /** true: only pre-releases; false: only others. */
  prerelease?: boolean | null | undefined
}

/** All releases, newest first, including drafts if the user may push. */
export async function listReleases(
  api: Api,
  owner: string,
  repo: string,
  { prerelease, limit, ...paging }: ReleaseListOptions = {},
): Promise<Release[]> {
  const octokit = await api.octokit()
  const filtered = prerelease === undefined || prerelease === null
  const answers = await pagesOf(
    octokit,
    octokit.rest.repos.listReleases,
    { ...checkedRepo(owner, repo) },
    { ...paging, limit: filtered ? limit : undefined },
  )
  return parseAnswer(api, z.array(releaseAnswer), answers)
    .filter((release) => filtered || release.prerelease === prerelease)
    .slice(0, limit)
}

/** @throws GitHubNotFoundError */
export async function getRelease(
  api: Api,
  owner: string,
  repo: string,
  id: number,
): Promise<Release> {
  const release = { ...checkedRepo(owner, repo), release_id: id }
  return ask(api, releaseAnswer, (rest) => rest.repos.getRelease(release))
}

/**
 * The published release of a tag; drafts have no tag yet. null: there is none.
 * https://docs.github.com/en/rest/releases/releases#get-a-release-by-tag-name
 */
export async function getReleaseByTag(
  api: Api,
  owner: string,
  repo: string,
  tag: string,
): Promise<Release | null> {
  const tagged = { ...checkedRepo(owner, repo), tag }
  try {
    return await ask(api, releaseAnswer, (rest) => rest.repos.getReleaseByTag(tagged))
  } catch (error) {
    if (error instanceof GitHubNotFoundError) return null
    throw error
  }
}

/** GitHub's latest release. @throws GitHubNotFoundError if there is none */
export async function getLatestRelease(api: Api, owner: string, repo: string): Promise<Release> {
  const repository = checkedRepo(owner, repo)
  return ask(api, releaseAnswer, (rest) => rest.repos.getLatestRelease({ ...repository }))
}

/**
 * Whether this repository's releases become immutable when published; null if the server does not
 * say.
 * https://docs.github.com/en/rest/repos/repos#check-if-immutable-releases-are-enabled-for-a-repository
 */
export async function hasImmutableReleases(
  api: Api,
  owner: string,
  repo: string,
): Promise<boolean | null> {
  const repository = checkedRepo(owner, repo)
  const answer = z.object({ enabled: z.boolean() })
  try {
    return (await ask(api, answer, (rest) => rest.repos.checkImmutableReleases({ ...repository })))
      .enabled
  } catch (error) {
    // 404: they are off, or the server does not know them. 403: a token that may write releases
    // need not be able to read settings.
    if (error instanceof GitHubNotFoundError || error instanceof GitHubAuthError) return null
    throw error
  }
}
