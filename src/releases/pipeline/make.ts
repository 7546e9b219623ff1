import { join } from 'node:path'
import { glob } from 'tinyglobby'
import { PathError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { writeChecksums } from '../assets/checksums.js'
import { assertDistinct, type LocalAsset, localAssets } from '../assets/local.js'
import type { ReleaseSession } from '../session.js'
import { openWorkFolder } from '../work-folder.js'
import { childEnvironment, outputRedactor, runCommand, type ShellCommand } from './command.js'
import { endLeftBuild, recordingBuild } from './left-build.js'
import { assertLinks } from './links.js'
import { buildLines, type PublishFacts, type PublishRequest } from './request.js'
import { probeSigning, type Signing, signAll } from './sign.js'
import { changedPaths } from './source.js'

export interface BuildSession extends ReleaseSession {
  /** The file that names the running build of this component. */
  buildRecord: string
}

export interface MadeAssets {
  /** The artifacts, then their checksum files, then the signatures. */
  assets: LocalAsset[]
  /** Removes checksum files and signatures from this machine. */
  discard(): Promise<void>
}

/**
 * Signs a sample file, builds, and makes checksums and signatures in a temporary folder, so that
 * the work tree stays as it is. Creates nothing on GitHub.
 *
 * @throws WizardError if a command fails; PathError and UsageError for the artifacts
 */
export async function makeAssets(
  session: BuildSession,
  request: PublishRequest,
  facts: PublishFacts,
): Promise<MadeAssets> {
  const { dir, discard } = await openWorkFolder(session)
  try {
    return { assets: await makeIn(dir, session, request, facts), discard }
  } catch (error) {
    await discard()
    throw error
  }
}

async function makeIn(
  folder: string,
  session: BuildSession,
  request: PublishRequest,
  { tag, source: { version } }: PublishFacts,
): Promise<LocalAsset[]> {
  const { component } = request.subject
  const { release, name } = component
  const env = childEnvironment(request.env, release.env, { version, tag, component: name })
  const cwd = join(request.source, component.path)
  const redact = outputRedactor(request.env, release.env)
  const signing: Signing = { commands: release.sign, folder, cwd, env, redact }
  const emitStep = (message: string) => session.emit({ type: 'step', message })
  if (release.sign.length > 0) await probeSigning(session, signing)
  await build(session, request, { env, redact })
  const warn = (message: string) => session.emit({ type: 'warning', message })
  const artifacts = await collectArtifacts(request, warn)
  if (Object.keys(release.checksums).length > 0) emitStep(`checksum: ${artifacts.length} files`)
  const sums = await writeChecksums(release, artifacts, folder)
  if (release.sign.length > 0) emitStep('sign')
  const signatures = await signAll(session, signing, artifacts, sums)
  const made = await localAssets([...sums, ...signatures].map((path) => ({ path })))
  assertDistinct([...artifacts, ...made])
  return [...artifacts, ...made]
}

/**
 * Runs the component's build lines in order, by the shell, in its folder.
 *
 * @throws WizardError for the first one that fails
 */
export async function build(
  session: BuildSession,
  request: PublishRequest,
  shell: Pick<ShellCommand, 'env' | 'redact'>,
): Promise<void> {
  const cwd = join(request.source, request.subject.component.path)
  const lines = buildLines(request)
  if (lines.length > 0) await endLeftBuild(session, session.buildRecord)
  for (const line of lines) {
    session.emit({ type: 'step', message: `build: ${line}` })
    const command = { label: 'build', file: '/bin/sh', args: ['-c', line], cwd, ...shell }
    await recordingBuild(session.buildRecord, (onStart) =>
      runCommand(session, { ...command, onStart }),
    )
  }
  if (lines.length > 0) await warnOfChanges(session, request)
}

/** The work tree was clean before: what differs now is in the build, but not in the tag. */
async function warnOfChanges(session: ReleaseSession, request: PublishRequest): Promise<void> {
  const changed = await changedPaths(request)
  if (changed.length === 0) return
  const which = changed.slice(0, 5).join(', ') + (changed.length > 5 ? ' …' : '')
  const message = `the build changed files that git tracks: ${which}; the tag does not contain these changes`
  session.emit({ type: 'warning', message })
}

/**
 * The files to publish: the named ones, otherwise those that match the component's globs.
 *
 * @throws PathError for a glob that matches nothing, and as `assertLinks`; UsageError if two files
 *   have the same name
 */
export async function collectArtifacts(
  request: PublishRequest,
  warn: (message: string) => void = () => {},
): Promise<LocalAsset[]> {
  const { source, files } = request
  const found = files.length > 0 ? new Map(files.map((path) => [path, path])) : await match(request)
  await assertLinks(source, found, warn)
  return localAssets([...found.keys()].map((path) => ({ path })))
}

/** The files that match the component's globs, each with the longest path before their wildcards. */
async function match({ subject: { component }, source }: PublishRequest) {
  const cwd = join(source, component.path)
  const found = new Map<string, string>()
  for (const artifacts of component.release.artifacts) {
    const pattern = artifacts.replace(/^\/+/, '')
    const matches = await glob(pattern, { cwd, absolute: true, dot: true })
    if (matches.length === 0) throw await noMatch(artifacts, { cwd, component: component.name })
    const written = join(cwd, writtenPart(pattern))
    for (const path of matches.sort()) {
      if (written.length > (found.get(path)?.length ?? 0)) found.set(path, written)
    }
  }
  return found
}

/** @param artifacts a glob that matches no file, but maybe a folder, which can be no asset */
async function noMatch(
  artifacts: string,
  { cwd, component }: { cwd: string; component: string },
): Promise<PathError> {
  const [folder] = await glob(artifacts.replace(/^\/+/, ''), {
    ...{ cwd, dot: true, onlyFiles: false, expandDirectories: false },
  })
  if (folder === undefined) {
    return new PathError(`${artifacts} matches no file in ${cwd}`, {
      hint: `check artifacts of ${component} in components.yaml, and that the build creates them`,
    })
  }
  const shown = oneLine(folder, 200)
  return new PathError(`${artifacts} matches no file in ${cwd}, but the folder ${shown}`, {
    hint: `an asset is one file: have the build pack the folder, or name ${shown}* in artifacts`,
  })
}

/** The names of a pattern before the first one with a wildcard. */
const writtenPart = (pattern: string) =>
  /^(?:[^*?[\]{}()!+@\\/]+(?:\/+|$))*/.exec(pattern)?.[0].replace(/\/+$/, '') ?? ''
