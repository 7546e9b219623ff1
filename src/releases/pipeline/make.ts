import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectDistinct, type LocalAsset, localAssets } from '../assets/local.js'
import type { ReleaseDeps } from '../deps.js'
import { build, collect } from './build.js'
import { writeChecksums } from './checksums.js'
import { childEnvironment } from './command.js'
import { probeSigning, type Signing, signAll } from './sign.js'
import type { PublishFacts, PublishRequest } from './types.js'

export interface MadeAssets {
  /** The artifacts, then their sums, then the signatures. */
  assets: LocalAsset[]
  /** Removes sums and signatures from this machine. */
  discard(): Promise<void>
}

/**
 * Signs a probe, builds, and makes sums and signatures, which stand in a folder of their own so that the work tree stays
 * as it is. Nothing is made on GitHub.
 *
 * @throws WizardError where a command fails; PathError and UsageError for the artifacts
 */
export async function makeAssets(
  deps: ReleaseDeps,
  request: PublishRequest,
  facts: PublishFacts,
): Promise<MadeAssets> {
  const folder = await mkdtemp(join(tmpdir(), 'wizard-release-'))
  const discard = () => rm(folder, { recursive: true, force: true })
  try {
    return { assets: await makeIn(folder, deps, request, facts), discard }
  } catch (error) {
    await discard()
    throw error
  }
}

async function makeIn(
  folder: string,
  deps: ReleaseDeps,
  request: PublishRequest,
  { tag, source: { version } }: PublishFacts,
): Promise<LocalAsset[]> {
  const { component } = request.subject
  const { release, name } = component
  const env = childEnvironment(request.env, release.env, { version, tag, component: name })
  const cwd = join(request.source, component.path)
  const signing: Signing = { commands: release.sign, folder, cwd, env }
  const tell = (message: string) => deps.emit({ type: 'step', message })
  if (release.sign.length > 0) await probeSigning(deps, signing)
  if (!request.skipBuild && request.files.length === 0) await build(deps, request, env)
  const artifacts = await collect(request)
  if (Object.keys(release.checksums).length > 0) tell(`checksum: ${artifacts.length} files`)
  const sums = await writeChecksums(release, artifacts, folder)
  if (release.sign.length > 0) tell('sign')
  const signatures = await signAll(deps, signing, artifacts, sums)
  const made = await localAssets([...sums, ...signatures].map((path) => ({ path })))
  expectDistinct([...artifacts, ...made])
  return [...artifacts, ...made]
}
