import { GitHubAuthError, UsageError } from '../errors.js'
import { isUploadHost } from './addresses.js'
import { type Api, getParsed, parseAnswer, repositoryPath } from './api.js'
import type { Progress } from './files.js'
import { type Paging, pagesOf } from './pages.js'
import { assetAnswer, type Release, type ReleaseAsset, releaseAnswer } from './shapes.js'
import { uploadFile } from './upload.js'

export interface ReleaseOptions {
  /** Default: the tag. */
  name?: string | undefined
  /** Markdown. */
  body?: string | undefined
  draft?: boolean | undefined
  prerelease?: boolean | undefined
  /** A branch or a full commit id, where the tag is not there yet; default: the default branch. */
  target?: string | undefined
  latest?: 'true' | 'false' | 'legacy' | undefined
  generateNotes?: boolean | undefined
}

/**
 * https://docs.github.com/en/rest/releases/releases#create-a-release
 *
 * @throws GitHubError (422) where the tag has a release already
 */
export async function createRelease(
  api: Api,
  owner: string,
  repo: string,
  tag: string,
  options: ReleaseOptions = {},
): Promise<Release> {
  repositoryPath(owner, repo)
  const { data } = await (await api.octokit()).rest.repos.createRelease({
    owner,
    repo,
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

export interface AssetOptions {
  /** Default: the file's name. */
  name?: string | undefined
  contentType?: string | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

/**
 * Sends a file as an asset, as a stream. What was cut may be there as an asset in state `starter`.
 * https://docs.github.com/en/rest/releases/assets#upload-a-release-asset
 *
 * @param uploadUrl as `createRelease` gave it, with or without its `{?name,label}`
 * @throws PathError for the file; GitHubError (422) where the name is taken; GitHubNetworkError, after which
 *   it is not known whether the asset is there
 */
export async function uploadReleaseAsset(
  api: Api,
  uploadUrl: string,
  filePath: string,
  { name, contentType = 'application/octet-stream', onProgress }: AssetOptions = {},
): Promise<ReleaseAsset & { sha256: string }> {
  const { answer, sha256 } = await uploadFile(api, uploadAddress(api, uploadUrl), filePath, {
    name,
    contentType,
    onProgress,
  })
  return { ...parseAnswer(api, assetAnswer, answer), sha256 }
}

/** The server says where uploads go; the token follows to GitHub's own upload host alone. */
function uploadAddress(api: Api, uploadUrl: string): URL {
  const address = uploadUrl.replace(/\{[^}]*\}$/, '')
  if (!URL.canParse(address)) throw new UsageError('the upload address is none: take upload_url')
  const url = new URL(address)
  if (isUploadHost(url, api.baseUrl)) return url
  throw new GitHubAuthError(`uploads to ${url.host} would carry the token to another host`, {
    hint: `this API is ${api.baseUrl.host}`,
  })
}

export interface ReleaseListOptions extends Paging {
  /** Only pre-releases, or only others. */
  prerelease?: boolean | null | undefined
}

/** All releases, newest first; drafts are among them for those who may push. */
export async function listReleases(
  api: Api,
  owner: string,
  repo: string,
  { prerelease, limit, ...paging }: ReleaseListOptions = {},
): Promise<Release[]> {
  repositoryPath(owner, repo)
  const octokit = await api.octokit()
  const filtered = prerelease === undefined || prerelease === null
  const answers = await pagesOf(
    octokit,
    octokit.rest.repos.listReleases,
    { owner, repo },
    { ...paging, limit: filtered ? limit : undefined },
  )
  return parseAnswer(api, releaseAnswer.array(), answers)
    .filter((release) => filtered || release.prerelease === prerelease)
    .slice(0, limit)
}

/** The one that GitHub calls latest. @throws GitHubNotFoundError where there is none */
export function getLatestRelease(api: Api, owner: string, repo: string): Promise<Release> {
  return getParsed(api, `${repositoryPath(owner, repo)}/releases/latest`, releaseAnswer)
}
