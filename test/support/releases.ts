import type { Release } from 'local-github'
import { stringify } from 'yaml'
import { openWorkspace, type Workspace, type WorkspaceOptions } from './workspace.js'

export const name = 'uDOS/engine'
export const tag = 'core-v1.2.0'

export interface ReleaseOptions extends WorkspaceOptions {
  /** More of the component `core`. */
  component?: Record<string, unknown>
  /** More of its `release` part. */
  release?: Record<string, unknown>
  files?: Record<string, string>
}

const build =
  'mkdir -p dist && printf "tcz %s" "$WIZARD_VERSION" > dist/core.tcz && printf iso > dist/core.iso'

/** A workspace with `uDOS/engine`, whose folder `core` is the component `core` at 1.2.0, cloned into `engine`. */
export async function openReleases({
  component = {},
  release = {},
  files = {},
  ...options
}: ReleaseOptions = {}): Promise<Workspace> {
  const space = await openWorkspace({
    ...options,
    settings: { retry_attempts: 2, ...options.settings },
  })
  await space.github.addRepository(name, {
    files: {
      'README.md': '# engine\n',
      '.gitignore': 'dist/\n',
      'core/version.json': '{"version":{"major":1,"minor":2,"patch":0}}\n',
      'core/main.txt': 'one\n',
      ...files,
    },
  })
  const core = {
    repo: 'engine',
    path: 'core',
    version_file: 'core/version.json',
    tag: 'core-v{version}',
    ...component,
    release: { build: [build], artifacts: ['dist/*'], checksums: true, ...release },
  }
  await space.write('config/components.yaml', stringify({ components: { core } }))
  await space.repos({ all: [{ repo: 'engine', destination: 'engine' }] })
  const cloned = await space.wizard('REPO', 'SYNC', '--quiet')
  if (cloned.status !== 0) throw new Error(cloned.err)
  return space
}

/** Those of the repository, as GitHub has them. */
export const releasesOn = ({ github }: Workspace): Release[] => github.world.require(name).releases

/** The names of a release's whole assets, in order. */
export const assetNames = ({ assets }: Release): string[] =>
  assets
    .filter(({ state }) => state === 'uploaded')
    .map((asset) => asset.name)
    .sort()

/** A commit upstream, pulled. */
export async function advance(space: Workspace, files: Record<string, string>, message = 'Change') {
  await space.github.commit(name, { files, message })
  const { status, err } = await space.wizard('REPO', 'SYNC', '--quiet')
  if (status !== 0) throw new Error(err)
}

/** As if nothing had been released. */
export async function forget(space: Workspace): Promise<void> {
  releasesOn(space).length = 0
  await space.github.deleteTag(name, tag).catch(() => {})
}
