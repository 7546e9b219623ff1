import { z } from 'zod/mini'
import { GitHubAuthError, GitHubNotFoundError, UsageError } from '../../base/errors.js'
import { checkedRepo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { isUploadHost } from '../addresses.js'
import { type Downloaded, type DownloadOptions, downloadFile } from '../transfer/download.js'
import type { OnProgress } from '../transfer/files.js'
import { uploadFile } from '../transfer/upload.js'
import { type Api, addressOf, parseAnswer } from './api.js'
import { pagesOf } from './pages.js'

/** https://docs.github.com/en/rest/releases/assets */
export interface ReleaseAsset {
  id: number
  name: string
  /** Bytes. */
  size: number
  /** `sha256:` and 64 hexadecimal digits; null on servers that do not compute it. */
  digest: string | null
  /** `uploaded`, or `starter` after an interrupted upload. */
  state: string
  content_type: string | null
  download_url: string
  /** The uploader's login. */
  uploader: string | null
}

export const assetAnswer = z.pipe(
  z.object({
    id: z.number(),
    name: z.string(),
    size: z.number(),
    digest: z.nullish(z.string()),
    state: z._default(z.string(), 'uploaded'),
    content_type: z.nullish(z.string()),
    browser_download_url: z.string(),
    uploader: z.nullish(z.object({ login: z.string() })),
  }),
  z.transform(
    (answer): ReleaseAsset => ({
      id: answer.id,
      name: answer.name,
      size: answer.size,
      digest: answer.digest || null,
      state: answer.state,
      content_type: answer.content_type ?? null,
      download_url: answer.browser_download_url,
      uploader: answer.uploader?.login ?? null,
    }),
  ),
)

export interface AssetOptions {
  /** Default: the file's name. */
  name?: string | undefined
  contentType?: string | undefined
  onProgress?: ((progress: OnProgress) => void) | undefined
  signal?: AbortSignal | undefined
}

/**
 * Uploads a file as an asset, as a stream. An interrupted upload may leave an asset in state
 * `starter`.
 * https://docs.github.com/en/rest/releases/assets#upload-a-release-asset
 *
 * @param uploadUrl from `createRelease`, with or without its `{?name,label}`
 * @returns GitHub's data of the asset, and the digest of the bytes that were sent
 * @throws PathError for the file; GitHubError (422) if the name is taken; GitHubNetworkError, after
 *   which the asset may or may not exist
 */
export async function uploadReleaseAsset(
  api: Api,
  uploadUrl: string,
  filePath: string,
  { contentType = 'application/octet-stream', ...options }: AssetOptions = {},
): Promise<ReleaseAsset & { sha256: string }> {
  const { answer, sha256 } = await uploadFile(api, uploadAddress(api, uploadUrl), filePath, {
    ...options,
    contentType,
  })
  return { ...parseAnswer(api, assetAnswer, answer), sha256 }
}

/** The server says where uploads go, but the token goes only to GitHub's own upload host. */
function uploadAddress(api: Api, uploadUrl: string): URL {
  const address = uploadUrl.replace(/\{[^}]*\}$/, '')
  if (!URL.canParse(address)) throw new UsageError('not an upload address: use upload_url')
  const url = new URL(address)
  if (isUploadHost(url, api.baseUrl)) return url
  throw new GitHubAuthError(`an upload to ${url.host} would send the token to another host`, {
    hint: `this API is ${api.baseUrl.host}`,
  })
}

/** All assets of a release, including those whose upload broke off. */
export async function listReleaseAssets(
  api: Api,
  owner: string,
  repo: string,
  releaseId: number,
): Promise<ReleaseAsset[]> {
  const octokit = await api.octokit()
  const route = octokit.rest.repos.listReleaseAssets
  const found = await pagesOf(octokit, route, {
    ...checkedRepo(owner, repo),
    release_id: releaseId,
  })
  return parseAnswer(api, z.array(assetAnswer), found)
}

/** Succeeds also if the asset no longer exists. */
export async function deleteReleaseAsset(
  api: Api,
  owner: string,
  repo: string,
  assetId: number,
): Promise<void> {
  try {
    const repository = checkedRepo(owner, repo)
    await (await api.octokit()).rest.repos.deleteReleaseAsset({ ...repository, asset_id: assetId })
  } catch (error) {
    if (!(error instanceof GitHubNotFoundError)) throw error
  }
}

/** Downloads an asset and verifies GitHub's digest. @throws the errors of `downloadFile` */
export async function downloadReleaseAsset(
  api: Api,
  owner: string,
  repo: string,
  { id, name, digest, size }: Pick<ReleaseAsset, 'id' | 'name' | 'digest' | 'size'>,
  to: string,
  options: Pick<DownloadOptions, 'onProgress'> = {},
): Promise<Downloaded> {
  const asset = { ...checkedRepo(owner, repo), asset_id: id }
  const url = await addressOf(api, (rest) => rest.repos.getReleaseAsset.endpoint(asset))
  return downloadFile(api, url, to, { ...options, digest, size, name: oneLine(name, 100) })
}
