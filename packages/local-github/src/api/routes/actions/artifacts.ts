import type { Repository } from '../../../model/repository.js'
import type { Artifact, Run } from '../../../model/runs.js'
import type { Call } from '../../call.js'
import { ApiError, notFound } from '../../errors.js'
import { page } from '../../page.js'
import { type Route, route } from '../../route.js'
import { artifactShape } from '../../shapes/actions.js'
import { runOf } from './runs.js'

/** https://docs.github.com/rest/actions/artifacts */
export const artifactRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts', (call) => {
    const { repository, run } = runOf(call)
    const found = run.artifacts.map((artifact) => ({ repository, run, artifact }))
    return listArtifacts(call, found)
  }),
  route('GET /repos/{owner}/{repo}/actions/artifacts', (call) =>
    listArtifacts(call, artifactsOf(call.repository())),
  ),
  route('GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}', (call) => ({
    data: artifactShape(call.addresses, artifactOf(call)),
  })),
  route('GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}', (call) => {
    call.requireViewer()
    const { artifact } = artifactOf(call)
    if (artifact.expired) throw new ApiError(410, 'Artifact has expired')
    if (call.parameter('archive_format') !== 'zip') throw notFound()
    const { archive: content, type, fileName: name } = artifact
    return call.toStorage({ content, type, name })
  }),
]

interface FoundArtifact {
  repository: Repository
  run: Run
  artifact: Artifact
}

const artifactsOf = (repository: Repository): FoundArtifact[] =>
  repository.runs.flatMap((run) => run.artifacts.map((artifact) => ({ repository, run, artifact })))

function listArtifacts(call: Call, all: FoundArtifact[]) {
  const name = call.query.get('name')
  const found = all.filter(({ artifact }) => name === null || artifact.name === name)
  const { items, headers } = page(call, found)
  const artifacts = items.map((item) => artifactShape(call.addresses, item))
  return { data: { total_count: found.length, artifacts }, headers }
}

function artifactOf(call: Call): FoundArtifact {
  const id = call.id('artifact_id')
  const found = artifactsOf(call.repository()).find(({ artifact }) => artifact.id === id)
  if (!found) throw notFound()
  return found
}
