import { join } from 'node:path'
import { glob } from 'tinyglobby'
import { PathError } from '../../base/errors.js'
import { type LocalAsset, localAssets } from '../assets/local.js'
import type { ReleaseDeps } from '../deps.js'
import { runCommand } from './command.js'
import type { PublishRequest } from './types.js'

/** The component's lines, in order, by the shell, in its folder. @throws WizardError for the first one that fails */
export async function build(
  deps: ReleaseDeps,
  { subject: { component }, source }: PublishRequest,
  env: Record<string, string>,
): Promise<void> {
  const cwd = join(source, component.path)
  for (const line of component.release.build) {
    deps.emit({ type: 'step', message: `build: ${line}` })
    await runCommand(deps, { label: 'build', file: '/bin/sh', args: ['-c', line], cwd, env })
  }
}

/**
 * The files to be published: those that were named, else what the component's globs match.
 *
 * @throws PathError for a glob that matches nothing; UsageError where two would have one name
 */
export async function collect({ subject, source, files }: PublishRequest): Promise<LocalAsset[]> {
  const { component } = subject
  if (files.length > 0) return localAssets(files.map((path) => ({ path })))
  const cwd = join(source, component.path)
  const found = new Set<string>()
  for (const pattern of component.release.artifacts) {
    const matches = await glob(pattern.replace(/^\/+/, ''), { cwd, absolute: true, dot: true })
    if (matches.length === 0) {
      throw new PathError(`${pattern} matches no file in ${cwd}`, {
        hint: `artifacts of ${component.name} in components.yaml; is the build what makes them?`,
      })
    }
    for (const match of matches.sort()) found.add(match)
  }
  return localAssets([...found].map((path) => ({ path })))
}
