import { join } from 'node:path'
import { folded, safeName } from '../../archive/names.js'
import { GitHubNotFoundError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { Artifact } from '../../github/rest/actions/artifacts.js'

export interface PlacedArtifact {
  artifact: Artifact
  /** Its folder, absolute. */
  path: string
}

export interface ArtifactChoice {
  chosen: PlacedArtifact[]
  /** Expired artifacts by id: those that were requested, or all if there are no others. */
  expired: Map<number, GitHubNotFoundError>
  warnings: string[]
}

interface Wanted {
  dir: string
  names: string[] | undefined
  /** The run's name in messages. */
  run: string
}

/**
 * Chooses the artifacts to download and their folders. Pure, so that it is tested as a table.
 *
 * @param all as GitHub lists them
 * @throws GitHubNotFoundError for an unknown name, and for a run without artifacts
 */
export function selectArtifacts(all: Artifact[], { dir, names, run }: Wanted): ArtifactChoice {
  const { newest, warnings } = newestOfEach(all)
  const wanted = names === undefined ? newest : newest.filter(({ name }) => names.includes(name))
  const missing = names?.find((name) => !newest.some((one) => one.name === name))
  if (missing !== undefined) throw unknownArtifact(missing, newest, run)
  if (newest.length === 0) throw new GitHubNotFoundError(`${run} has no artifacts`)
  const chosen = place(
    wanted.filter((one) => !one.expired),
    dir,
  )
  const gone = wanted.filter((one) => one.expired)
  const expired = new Map(gone.map((one) => [one.id, hasExpired(one, run)]))
  return { chosen, expired, warnings }
}

/** Each attempt of a run may upload an artifact of the same name; the greatest id is the newest. */
function newestOfEach(all: Artifact[]): { newest: Artifact[]; warnings: string[] } {
  const byName = new Map<string, Artifact>()
  const repeated = new Set<string>()
  for (const artifact of all) {
    const other = byName.get(artifact.name)
    if (other !== undefined) repeated.add(artifact.name)
    if (other === undefined || other.id < artifact.id) byName.set(artifact.name, artifact)
  }
  const warnings = [...repeated].map(
    (name) => `several artifacts are called ${oneLine(name, 100)}: using the newest`,
  )
  return { newest: [...byName.values()], warnings }
}

/** If a file system may treat two names as one, both get their id as well. */
function place(artifacts: Artifact[], dir: string): PlacedArtifact[] {
  const named = artifacts.map((artifact) => ({
    artifact,
    name: safeName(artifact.name, `artifact-${artifact.id}`),
  }))
  const counts = new Map<string, number>()
  for (const { name } of named) counts.set(folded(name), (counts.get(folded(name)) ?? 0) + 1)
  return named.map(({ artifact, name }) => {
    const unique = counts.get(folded(name)) === 1 ? name : `${name}-${artifact.id}`
    return { artifact, path: join(dir, unique) }
  })
}

function unknownArtifact(name: string, all: Artifact[], run: string): GitHubNotFoundError {
  const there = oneLine(all.map((one) => one.name).join(', '), 400)
  return new GitHubNotFoundError(`${run} has no artifact ${oneLine(name, 100)}`, {
    hint: all.length > 0 ? `available: ${there}` : 'it has no artifacts',
  })
}

const hasExpired = ({ name }: Artifact, run: string) =>
  new GitHubNotFoundError(`the artifact ${oneLine(name, 100)} of ${run} has expired`, {
    status: 410,
    hint: ['run the workflow again to recreate it: ', { verb: ['WORKFLOW', 'RERUN'] }],
  })
