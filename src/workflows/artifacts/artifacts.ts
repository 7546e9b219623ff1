import { join, resolve } from 'node:path'
import { limitsWith } from '../../archive/limits.js'
import { besideGit, safeName } from '../../archive/names.js'
import { isZip } from '../../archive/source.js'
import { assertNotExists, keepFile, unpackZip } from '../../archive/unpack.js'
import { inLanes } from '../../base/async/lanes.js'
import { type ErrorReport, reportError } from '../../base/error-report.js'
import { PathError, WizardError } from '../../base/errors.js'
import { describePlace } from '../../base/fs/system-error.js'
import { oneLine } from '../../base/text.js'
import {
  type Artifact,
  downloadArtifact,
  type StoredArtifact,
} from '../../github/rest/actions/artifacts.js'
import type { Liveness } from '../../process/owner-mark.js'
import { openSibling, removeLeftovers } from '../../process/temp-beside.js'
import type { RunArtifact } from '../run-data.js'
import { artifactsOf, ofRun } from '../runs.js'
import type { Repo, WorkflowSession } from '../session.js'
import { type PlacedArtifact, selectArtifacts } from './choice.js'

export interface ArtifactOptions {
  /** The folder in which each artifact gets a folder of its name; it is created. */
  dir: string
  /** Exact names; default: all that have not expired. */
  names?: string[] | undefined
  /** Those that were there when this attempt of the run ended; default: all. */
  attempt?: number | undefined
  /** Adds to existing folders, and replaces files of the artifact's own names there. */
  clobber?: boolean | undefined
  /** Unpacked bytes of one artifact; default: 10 GB. */
  maxSize?: number | undefined
  /** Recognises what a killed wizard left in the folder, so that it is removed. @internal */
  liveness?: Liveness | undefined
}

export interface DownloadedArtifact extends RunArtifact {
  /** Why it is missing: it has expired, is unsafe, or its download failed. */
  error: ErrorReport | null
}

/** As many downloads as fill a home connection. */
const atOnce = 4

/**
 * Downloads artifacts of a run and unpacks each into `dir/NAME`; one that is not a zip becomes a file
 * there. Names are made safe. A failed artifact does not stop the others; the result reports it.
 *
 * @throws GitHubNotFoundError for an unknown name, or if nothing is left to download
 * @throws ConflictError if something is at a destination, before any download
 * @throws the first error if all failed; the other errors become warnings
 */
export async function downloadArtifacts(
  session: WorkflowSession,
  { owner, repo }: Repo,
  runId: number | string,
  options: ArtifactOptions,
): Promise<DownloadedArtifact[]> {
  limitsWith(options.maxSize)
  const listing = artifactsOf(session.github, { owner, repo }, runId, options.attempt)
  const all = await ofRun(session.github, { owner, repo }, runId, listing)
  const { chosen, expired, warnings } = selectArtifacts(all, {
    dir: resolve(options.dir),
    names: options.names,
    run: `${owner}/${repo} #${runId}`,
  })
  for (const warning of warnings) session.emit({ type: 'warning', message: warning })
  const failures = new Map<number, WizardError>(expired)
  try {
    if (!options.clobber) for (const { path } of chosen) await assertNotExists(path)
    const paths = await takeAll(session, { owner, repo }, chosen, options, failures)
    return report(session, all, paths, failures)
  } catch (error) {
    throw describePlace(error, resolve(options.dir))
  }
}

async function takeAll(
  session: WorkflowSession,
  repo: Repo,
  chosen: PlacedArtifact[],
  options: ArtifactOptions,
  failures: Map<number, WizardError>,
): Promise<Map<number, string>> {
  const paths = new Map<number, string>()
  if (chosen.length === 0) return paths
  const bytes = chosen.reduce((sum, { artifact }) => sum + artifact.size, 0)
  session.emit({ type: 'transfer-planned', files: chosen.length, bytes })
  const dir = resolve(options.dir)
  if (options.liveness !== undefined) await removeLeftovers(dir, 'unpack', options.liveness)
  const zips = await openSibling(join(dir, 'artifacts'), 'unpack', options.liveness)
  try {
    await inLanes(atOnce, chosen, async (placed) => {
      session.signal?.throwIfAborted()
      try {
        await take(session, repo, placed, { ...options, zips: zips.dir })
        paths.set(placed.artifact.id, placed.path)
      } catch (error) {
        if (session.signal?.aborted || !(error instanceof WizardError)) throw error
        failures.set(placed.artifact.id, error)
      }
    })
  } finally {
    await zips.discard()
  }
  return paths
}

async function take(
  session: WorkflowSession,
  { owner, repo }: Repo,
  placed: PlacedArtifact,
  options: ArtifactOptions & { zips: string },
): Promise<void> {
  const { github, emit } = session
  const { artifact, path } = placed
  const name = oneLine(artifact.name, 100)
  const limits = limitsWith(options.maxSize)
  if (artifact.size > limits.size) {
    throw new PathError(`artifact ${name} has ${artifact.size} bytes, more than ${limits.size}`, {
      hint: ['if you expect that, allow more with ', { flag: 'max-size', value: 'BYTES' }],
    })
  }
  const file = join(options.zips, `${artifact.id}.zip`)
  const onProgress = progress(session, name, 'receiving')
  const stored = await downloadArtifact(github, owner, repo, artifact, file, { onProgress })
  if (isZip(file, stored.mediaType)) await unpack(session, placed, file, options)
  else await keep(session, placed, stored, options)
  emit({ type: 'artifact-done', name, path, size: artifact.size })
}

const progress =
  ({ emit }: WorkflowSession, name: string, phase: 'receiving' | 'unpacking') =>
  (so: { done: number; total: number | null }) =>
    emit({ type: 'artifact-progress', name, phase, ...so })

async function unpack(
  session: WorkflowSession,
  { artifact, path }: PlacedArtifact,
  zip: string,
  { clobber, maxSize, liveness }: ArtifactOptions,
): Promise<void> {
  const name = oneLine(artifact.name, 100)
  const label = `artifact ${name}`
  const renamed = new Set<string>()
  const rename = (part: string) => {
    const safe = besideGit(part)
    if (safe !== part) renamed.add(`unpacking ${oneLine(part, 50)} as ${oneLine(safe, 50)}`)
    return safe
  }
  await unpackZip(zip, path, {
    ...{ label, limits: limitsWith(maxSize), clobber, liveness, signal: session.signal, rename },
    onProgress: progress(session, name, 'unpacking'),
  })
  for (const one of renamed) session.emit({ type: 'warning', message: `${label}: ${one}` })
}

/**
 * An artifact that is not a zip: a single file (`archive: false` of upload-artifact 7), or a build
 * record of docker/build-push-action.
 */
async function keep(
  { signal }: WorkflowSession,
  { artifact, path }: PlacedArtifact,
  { path: file, fileName, size }: StoredArtifact,
  { clobber, liveness }: ArtifactOptions,
): Promise<void> {
  const name = safeName(fileName ?? artifact.name, `artifact-${artifact.id}`)
  await keepFile(file, { name, size }, path, { clobber, liveness, signal })
}

/** @throws the first failure if nothing was downloaded that should have been */
function report(
  { emit }: WorkflowSession,
  all: Artifact[],
  paths: Map<number, string>,
  failures: Map<number, WizardError>,
): DownloadedArtifact[] {
  const [first, ...others] = failures.values()
  if (paths.size === 0 && first !== undefined) {
    for (const { message } of others) emit({ type: 'warning', message })
    throw first
  }
  return all
    .filter(({ id }) => paths.has(id) || failures.has(id))
    .map(({ id, name, size }) => {
      const error = failures.get(id)
      return {
        name,
        path: paths.get(id) ?? null,
        size,
        error: error === undefined ? null : reportError(error),
      }
    })
}
