import type { Component } from '../../src/config/files/components.js'
import type { ReleaseAsset } from '../../src/github/rest/release-assets.js'
import type { Release } from '../../src/github/rest/releases.js'
import type {
  ComponentSubject,
  RemoteFacts,
  SourceFacts,
} from '../../src/releases/pipeline/request.js'
import type { ReleaseEvent, ReleaseSession } from '../../src/releases/session.js'
import type { ConfiguredSession } from '../../src/session.js'

export const head = 'a'.repeat(40)
export const elsewhere = 'b'.repeat(40)

export interface ComponentChange extends Partial<Omit<Component, 'release'>> {
  release?: Partial<Component['release']> | undefined
}

export const componentOf = ({ release, ...more }: ComponentChange = {}): Component => ({
  name: 'core',
  owner: 'uDOS',
  repo: 'engine',
  path: 'core',
  versionFile: 'core/version.json',
  tag: 'core-v{version}',
  workflows: {},
  release: { build: [], artifacts: [], checksums: {}, sign: [], env: [], ...release },
  position: { file: '/srv/config/components.yaml', line: 1, column: 1 },
  ...more,
})

export const subjectOf = (component?: ComponentChange): ComponentSubject => ({
  owner: 'uDOS',
  repo: 'engine',
  component: componentOf(component),
})

/** A session on releases from what `sessionIn` opens, as ReleaseManager makes it. */
export const releaseSession = ({
  client,
  ...session
}: ConfiguredSession<ReleaseEvent>): ReleaseSession => ({
  ...session,
  github: client,
  farewell: (signal) => client.with({ signal }),
})

let lastId = 100

/** A published release, unless `draft` is set. */
export const releaseOf = (tag: string, more: Partial<Release> = {}): Release => ({
  id: ++lastId,
  tag_name: tag,
  name: tag,
  body: '',
  url: `https://github.com/uDOS/engine/releases/tag/${tag}`,
  upload_url: 'https://uploads.github.com/repos/uDOS/engine/releases/1/assets{?name,label}',
  draft: false,
  prerelease: false,
  immutable: false,
  target_commitish: 'main',
  created_at: '2026-01-14T12:00:00Z',
  published_at: '2026-01-14T12:00:00Z',
  author: 'monalisa',
  assets: [],
  ...more,
})

export const draftOf = (tag: string, more: Partial<Release> = {}): Release =>
  releaseOf(tag, { draft: true, published_at: null, ...more })

export const assetOf = (name: string, more: Partial<ReleaseAsset> = {}): ReleaseAsset => ({
  id: ++lastId,
  name,
  size: 3,
  digest: null,
  state: 'uploaded',
  content_type: 'application/octet-stream',
  download_url: `https://github.com/uDOS/engine/releases/download/v1/${name}`,
  uploader: 'monalisa',
  ...more,
})

export const sourceOf = (more: Partial<SourceFacts> = {}): SourceFacts => ({
  dir: '/srv/engine',
  head,
  branch: 'main',
  version: '1.2.0',
  changed: [],
  untracked: [],
  ...more,
})

/** GitHub's answers for these tags. */
export const remoteOf = (tags: string[] = [], more: Partial<RemoteFacts> = {}): RemoteFacts => ({
  releases: [],
  tags: new Map(tags.map((tag) => [tag, elsewhere])),
  tagged: null,
  isPushed: true,
  immutable: false,
  tokenExpires: null,
  ...more,
})
