import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod/mini'
import { safeName } from '../../../archive/names.js'
import { isZip } from '../../../archive/source.js'
import { PathError } from '../../../base/errors.js'
import { checkedRepo } from '../../../base/names/repository.js'
import { oneLine } from '../../../base/text.js'
import { type Downloaded, type DownloadOptions, downloadFile } from '../../transfer/download.js'
import { writing } from '../../transfer/files.js'
import { type Api, addressOf, parseAnswer } from '../api.js'
import { pagesOf } from '../pages.js'

/** https://docs.github.com/en/rest/actions/artifacts */
export interface Artifact {
  id: number
  /** Unchecked: the workflow's author chose it. */
  name: string
  /** Bytes of the zip. */
  size: number
  expired: boolean
  /** `sha256:` and 64 hexadecimal digits, of the zip; null if GitHub did not compute it. */
  digest: string | null
  /** ISO 8601; null if GitHub does not say. */
  created_at: string | null
}

const artifactAnswer = z.pipe(
  z.object({
    id: z.number(),
    name: z.string(),
    size_in_bytes: z.number().check(z.nonnegative()),
    expired: z.nullish(z.boolean()),
    digest: z.nullish(z.string()),
    created_at: z.nullish(z.string()),
  }),
  z.transform(
    (answer): Artifact => ({
      id: answer.id,
      name: answer.name,
      size: answer.size_in_bytes,
      expired: answer.expired ?? false,
      digest: answer.digest ?? null,
      created_at: answer.created_at ?? null,
    }),
  ),
)

export interface ArtifactZip {
  name: string
  /** The zip, or the file if the artifact is not a zip; absolute if the folder is. */
  path: string
  /** Bytes. */
  size: number
}

/**
 * All artifacts of a run, including expired ones, newest first.
 * https://docs.github.com/en/rest/actions/artifacts#list-workflow-run-artifacts
 */
export async function listArtifacts(
  api: Api,
  owner: string,
  repo: string,
  runId: string | number,
): Promise<Artifact[]> {
  const octokit = await api.octokit()
  const { listWorkflowRunArtifacts } = octokit.rest.actions
  const parameters = { ...checkedRepo(owner, repo), run_id: Number(runId) }
  const found = await pagesOf(octokit, listWorkflowRunArtifacts, parameters)
  return parseAnswer(api, z.array(artifactAnswer), found)
}

/** How GitHub stores an artifact: a zip, or one file as it was uploaded. */
export interface StoredArtifact extends Downloaded {
  /** Its media type, without parameters and in lower case; null if storage does not say. */
  mediaType: string | null
  /** Unchecked: the name that the uploaded file had; null if storage does not say. */
  fileName: string | null
}

/** Downloads an artifact as GitHub stores it. @throws the errors of `downloadFile` */
export async function downloadArtifact(
  api: Api,
  owner: string,
  repo: string,
  { id, name, digest }: Artifact,
  to: string,
  options: Pick<DownloadOptions, 'onProgress'> = {},
): Promise<StoredArtifact> {
  const zip = { ...checkedRepo(owner, repo), artifact_id: id, archive_format: 'zip' }
  const url = await addressOf(api, (rest) => rest.actions.downloadArtifact.endpoint(zip))
  let headers: Record<string, string> = {}
  const onHeaders = (given: Record<string, string>) => {
    headers = given
  }
  const about = { ...options, onHeaders, digest, name: oneLine(name, 100) }
  const downloaded = await downloadFile(api, url, to, about)
  const [type = ''] = (headers['content-type'] ?? '').split(';', 1)
  return {
    ...downloaded,
    mediaType: type.trim().toLowerCase() || null,
    fileName: fileNameIn(headers['content-disposition'] ?? ''),
  }
}

/** The file name of a Content-Disposition, whose extended form goes before the other (RFC 6266, 4.3). */
function fileNameIn(disposition: string): string | null {
  const extended = /;\s*filename\*\s*=\s*UTF-8'[^']*'([^;\s]+)/i.exec(disposition)?.[1]
  if (extended !== undefined) {
    try {
      return decodeURIComponent(extended)
    } catch {
      // The plain form may still be readable.
    }
  }
  const [, quoted, plain] =
    /;\s*filename\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;]+))/i.exec(disposition) ?? []
  return quoted?.replaceAll(/\\(.)/g, '$1') ?? plain?.trim() ?? null
}

/**
 * Downloads the artifacts of a run: each as `NAME.zip` in the folder, or as `NAME/FILENAME` if it is
 * no zip.
 *
 * @throws PathError for an artifact whose name can't be a file name
 */
export async function downloadArtifactFiles(
  api: Api,
  owner: string,
  repo: string,
  runId: string | number,
  destination: string,
): Promise<ArtifactZip[]> {
  const artifacts = await listArtifacts(api, owner, repo, runId)
  const present = artifacts.filter(({ expired }) => !expired)
  if (present.length < artifacts.length) {
    api.warn(`${artifacts.length - present.length} of the artifacts have expired`)
  }
  for (const { name } of present) checkFileName(name)
  await mkdir(destination, { recursive: true })
  const downloaded: ArtifactZip[] = []
  for (const artifact of present) {
    const file = join(destination, `.artifact-${artifact.id}`)
    const stored = await downloadArtifact(api, owner, repo, artifact, file)
    const path = await placeFile(artifact, stored, destination)
    downloaded.push({ name: artifact.name, path, size: stored.size })
  }
  return downloaded
}

/** @returns the file's place, where WORKFLOW DOWNLOAD would put it too if it is not a zip */
async function placeFile(
  { id, name }: Artifact,
  { path: file, mediaType, fileName }: StoredArtifact,
  destination: string,
): Promise<string> {
  const instead = `artifact-${id}`
  const path = isZip(file, mediaType)
    ? join(destination, `${name}.zip`)
    : join(destination, safeName(name, instead), safeName(fileName ?? name, instead))
  try {
    await writing(path, async () => {
      await mkdir(dirname(path), { recursive: true })
      await rename(file, path)
    })
    return path
  } finally {
    await rm(file, { force: true })
  }
}

/** The workflow's author chooses the name. */
function checkFileName(name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a file name has none
  if (name !== '' && !/^\.\.?$|[/\\\u0000-\u001f:]/.test(name)) return
  throw new PathError(`an artifact is called "${oneLine(name, 100)}", which can't be a file name`)
}
