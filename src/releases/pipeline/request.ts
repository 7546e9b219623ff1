import type { Component } from '../../config/files/components.js'
import type { Release } from '../../github/rest/releases.js'
import type { ReleaseInfo, ReleaseSubject } from '../info.js'

export interface ComponentSubject extends ReleaseSubject {
  component: Component
}

/** Where the notes come from. */
export type NotesSource = { kind: 'own' } | { kind: 'github' } | { kind: 'text'; text: string }

export interface PublishRequest {
  subject: ComponentSubject
  /** `@version` of the target, which must be version_file's; null: version_file alone says. */
  named: string | null
  /** The top of the work tree, absolute. */
  source: string
  /** Absolute paths in place of the component's artifacts; empty: those. */
  files: string[]
  notes: NotesSource
  /** Only say what would be done. */
  dryRun: boolean
  /** Stop at the verified draft. */
  draft: boolean
  skipBuild: boolean
  allowBackport: boolean
  /** What of the environment `build` and `sign` may be given; see `childEnvironment`. */
  env: Readonly<Record<string, string | undefined>>
  /** Asked before anything is made; false ends it. Default: yes. */
  confirm?: ((plan: PublishPlan) => Promise<boolean>) | undefined
}

export type StepName =
  | 'check'
  | 'build'
  | 'checksum'
  | 'sign'
  | 'draft'
  | 'upload'
  | 'verify'
  | 'publish'
  | 'confirm'

/** What will be done, as data: `--dry-run` prints it, and the pipeline carries it out. */
export interface PublishPlan {
  component: string
  repo: string
  tag: string
  version: string
  /** The full id of the commit that the release is of. */
  commit: string
  previous_tag: string | null
  prerelease: boolean
  latest: boolean
  steps: { step: StepName; does: string }[]
  /** Globs, or the files that were named. */
  artifacts: string[]
  notes: string
  warnings: string[]
}

export type PublishResult =
  | { kind: 'planned'; plan: PublishPlan }
  | { kind: 'declined'; plan: PublishPlan }
  | { kind: 'already-published'; release: ReleaseInfo }
  | Finished

/** `draft`: verified, and left for somebody to publish. */
export interface Finished {
  kind: 'published' | 'draft'
  release: ReleaseInfo
}

/** What the work tree says. */
export interface SourceFacts {
  dir: string
  head: string
  branch: string | null
  version: string
  /** Paths that differ from HEAD, tracked ones. */
  changed: string[]
  untracked: string[]
}

/** All that is known before anything is made. */
export interface PublishFacts {
  tag: string
  source: SourceFacts
  remote: RemoteFacts
  found: Found
}

/** What there is of this tag: the release that was published, or the draft that an earlier try of ours left. */
export interface Found {
  published: Release | null
  /** The first one goes on; further ones are ours as well, from an answer that was lost. */
  drafts: Release[]
}

/** What GitHub says. */
export interface RemoteFacts {
  /** Of this component, the newest first. */
  releases: Release[]
  /** The commits of all tags there are, by name. */
  tags: ReadonlyMap<string, string>
  /** The commit of our tag; null where there is no such tag. */
  tagged: string | null
  isPushed: boolean
  immutable: boolean
}
