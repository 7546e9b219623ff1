import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PathError } from '../errors.js'
import { oneLine } from '../text.js'
import { type Api, parseAnswer, repositoryPath } from './api.js'
import { downloadFile } from './download.js'
import { pagesOf } from './pages.js'
import { artifactAnswer } from './shapes.js'

export interface DownloadedArtifact {
  name: string
  /** The zip as GitHub packed it. */
  path: string
  /** Bytes. */
  size: number
}

/**
 * The artifacts of a run, each as `NAME.zip` in the folder.
 * https://docs.github.com/en/rest/actions/artifacts#list-workflow-run-artifacts
 *
 * @throws PathError for an artifact whose name is none of a file
 */
export async function downloadArtifacts(
  api: Api,
  owner: string,
  repo: string,
  runId: string | number,
  destination: string,
): Promise<DownloadedArtifact[]> {
  repositoryPath(owner, repo)
  const octokit = await api.octokit()
  const { listWorkflowRunArtifacts } = octokit.rest.actions
  const answers = await pagesOf(octokit, listWorkflowRunArtifacts, {
    owner,
    repo,
    run_id: Number(runId),
  })
  const artifacts = parseAnswer(api, artifactAnswer.array(), answers)
  const present = artifacts.filter(({ expired }) => !expired)
  if (present.length < artifacts.length) {
    api.warn(`${artifacts.length - present.length} of the artifacts have expired`)
  }
  for (const { name } of present) checkFileName(name)
  await mkdir(destination, { recursive: true })
  const downloaded: DownloadedArtifact[] = []
  for (const { id, name } of present) {
    const path = join(destination, `${name}.zip`)
    const url = `${repositoryPath(owner, repo)}/actions/artifacts/${id}/zip`
    const { size } = await downloadFile(api, url, path)
    downloaded.push({ name, path, size })
  }
  return downloaded
}

/** Whoever runs the workflow chooses the name. */
function checkFileName(name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a file name has none
  if (name !== '' && !/^\.\.?$|[/\\\u0000-\u001f:]/.test(name)) return
  throw new PathError(`an artifact has the name "${oneLine(name, 100)}", which is none of a file`)
}
