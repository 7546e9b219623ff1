import type { Component } from '../../config/files/components.js'
import type { Release } from '../../github/rest/releases.js'
import type { ReleaseInfo, ReleaseSubject } from '../info.js'

export interface ComponentSubject extends ReleaseSubject {
  component: Component
}

/** The source of the notes. */
export type NotesSource = { kind: 'own' } | { kind: 'github' } | { kind: 'text'; text: string }

export interface PublishRequest {
  subject: ComponentSubject
  /** `@version` of the target, which must equal version_file's; null: use version_file's. */
  named: string | null
  /** The top of the work tree, absolute. */
  source: string
  /** Absolute paths that replace the component's artifacts; empty: use those. */
  files: string[]
  notes: NotesSource
  /** Only shows the plan. */
  dryRun: boolean
  /** Stops at the verified draft. */
  draft: boolean
  skipBuild: boolean
  allowBackport: boolean
  /** The variables that `build` and `sign` may get; see `childEnvironment`. */
  env: Readonly<Record<string, string | undefined>>
  /** Called before anything is created; false cancels. Default: continue. */
  confirm?: ((plan: PublishPlan) => Promise<boolean>) | undefined
}

/** The lines that this run builds with: none if the files are named, or exist already. */
export const buildLines = ({ subject, files, skipBuild }: PublishRequest): string[] =>
  files.length > 0 || skipBuild ? [] : subject.component.release.build

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

/** What a run will do, as data: `--dry-run` prints it, and a person confirms it. */
export interface PublishPlan {
  component: string
  repo: string
  tag: string
  version: string
  /** The full id of the release's commit. */
  commit: string
  previous_tag: string | null
  prerelease: boolean
  latest: boolean
  steps: { step: StepName; does: string }[]
  /** Globs, or the named files. */
  artifacts: string[]
  notes: string
  warnings: string[]
}

export type PublishResult =
  | { kind: 'planned'; plan: PublishPlan }
  | { kind: 'declined'; plan: PublishPlan }
  | Completed

export type Completed = Finished | AlreadyPublished

/** By an earlier run, or by another machine meanwhile. */
export interface AlreadyPublished {
  kind: 'already-published'
  release: ReleaseInfo
}

/** `draft`: verified, but not published. */
export interface Finished {
  kind: 'published' | 'draft'
  release: ReleaseInfo
}

/** The state of the work tree. */
export interface SourceFacts {
  dir: string
  head: string
  branch: string | null
  version: string
  /** Tracked paths that differ from HEAD. */
  changed: string[]
  untracked: string[]
}

/** Everything that is known before anything is created. */
export interface PublishFacts {
  tag: string
  source: SourceFacts
  remote: RemoteFacts
  found: Found
}

/** What exists for this tag. */
export interface Found {
  published: Release | null
  /**
   * Our drafts, oldest first. Before the publication, a run continues with one of them; after it,
   * they are what other runs have left.
   */
  drafts: Release[]
}

/** The state of GitHub. */
export interface RemoteFacts {
  /** Of this component, newest first. */
  releases: Release[]
  /** The commits of all tags, by name. */
  tags: ReadonlyMap<string, string>
  /** The commit of our tag; null if there is no such tag. */
  tagged: string | null
  isPushed: boolean
  immutable: boolean
  /** ISO 8601; null if the token does not expire, or nobody says. */
  tokenExpires: string | null
}
