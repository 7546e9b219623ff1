import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Asset, Release } from 'local-github'
import { expect } from 'vitest'
import { stringify } from 'yaml'
import { openWorkspace, type Workspace, type WorkspaceOptions } from './workspace.js'

export const name = 'uDOS/engine'
export const tag = 'core-v1.2.0'

export interface ReleaseOptions extends WorkspaceOptions {
  /** Further fields of the component `core`. */
  component?: Record<string, unknown>
  /** Further fields of its `release` part. */
  release?: Record<string, unknown>
  files?: Record<string, string>
}

const build =
  'mkdir -p dist && printf "tcz %s" "$WIZARD_VERSION" > dist/core.tcz && printf iso > dist/core.iso'

/**
 * A workspace with `uDOS/engine`, whose folder `core` is the component `core` at 1.2.0, cloned into
 * `engine`.
 */
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

/** The repository's releases on GitHub. */
export const releasesOn = ({ github }: Workspace): Release[] => github.world.require(name).releases

/** The names of a release's complete assets, in order. */
export const assetNames = ({ assets }: Release): string[] =>
  assets
    .filter(({ state }) => state === 'uploaded')
    .map((asset) => asset.name)
    .sort()

/** Commits upstream, and pulls. */
export async function advance(space: Workspace, files: Record<string, string>, message = 'Change') {
  await space.github.commit(name, { files, message })
  const { status, err } = await space.wizard('REPO', 'SYNC', '--quiet')
  if (status !== 0) throw new Error(err)
}

/** Removes every trace of a release. */
export async function forget(space: Workspace): Promise<void> {
  releasesOn(space).length = 0
  await space.github.deleteTag(name, tag).catch(() => {})
}

/** The only release. */
export function onlyRelease(space: Workspace): Release {
  const releases = releasesOn(space)
  expect(releases).toHaveLength(1)
  return releases[0]!
}

/** Exactly one published release, whose assets equal the files of a root on disk. */
export async function expectPublished(space: Workspace, root = space.root): Promise<void> {
  const release = onlyRelease(space)
  const all = ['SHA256SUMS', 'core.iso', 'core.tcz']
  expect([release.draft, release.tag]).toEqual([false, tag])
  expect(release.assets.map(({ state }) => state)).toEqual(all.map(() => 'uploaded'))
  expect(assetNames(release)).toEqual(all)
  expect(await contentOf(release, 'core.tcz')).toBe(await builtIn(root, 'core.tcz'))
  expect(await contentOf(release, 'core.iso')).toBe(await builtIn(root, 'core.iso'))
  expect(await space.github.oid(name, `refs/tags/${tag}`)).toBe(await space.github.oid(name))
}

const builtIn = (root: string, file: string) =>
  readFile(join(root, 'engine/core/dist', file), 'utf8')

async function contentOf({ assets }: Release, asset: string): Promise<string> {
  return readFile(assets.find((one) => one.name === asset)!.file, 'utf8')
}

/** The rest of an interrupted upload. */
export function leaveStarter(space: Workspace, asset: string): void {
  const release = onlyRelease(space)
  const { world } = space.github
  const id = world.nextId()
  const starter: Asset = {
    id,
    nodeId: world.nodeId('RA', id),
    name: asset,
    label: '',
    state: 'starter',
    contentType: 'application/octet-stream',
    file: space.path('nowhere'),
    size: 0,
    digest: '',
    downloads: 0,
    uploader: release.author,
    createdAt: world.now(),
    updatedAt: world.now(),
  }
  release.assets.push(starter)
}
