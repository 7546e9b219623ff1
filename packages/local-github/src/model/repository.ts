import type { Content } from '../content.js'
import type { Hook } from './hooks.js'
import type { Release } from './releases.js'
import type { Run } from './runs.js'
import type { Definitions, WorkflowRecord } from './workflows.js'

export interface Account {
  id: number
  nodeId: string
  login: string
  type: 'User' | 'Organization'
  /** Addresses that identify its commits, in lower case. */
  emails: string[]
  createdAt: string
  /** Of an organization. */
  hooks: Hook[]
}

export interface Repository {
  readonly id: number
  readonly nodeId: string
  /** Path of the bare git repository, which stays the same when the repository is renamed. */
  readonly bare: string
  owner: Account
  name: string
  private: boolean
  /** Invisible with every token. */
  hidden: boolean
  archived: boolean
  fork: boolean
  topics: string[]
  description: string | null
  language: string | null
  stars: number
  defaultBranch: string
  createdAt: string
  updatedAt: string
  pushedAt: string
  /** Ids and states of workflow files, by path; the files themselves are in git. */
  workflows: Map<string, WorkflowRecord>
  /** The definitions in a commit's workflow files, by the commit's id. */
  definitions: Map<string, Definitions>
  /** Newest first. */
  runs: Run[]
  /** Newest first. */
  releases: Release[]
  /** The id of the release that was marked as latest, if any. */
  latestRelease: number | null
  /** Published releases accept no more assets. */
  immutableReleases: boolean
  /** Tags of immutable releases, which no other release can have, even once they are deleted. */
  burntTags: Set<string>
  hooks: Hook[]
  /** What Git LFS keeps, by the sha256 of the content. */
  lfsObjects: Map<string, Content>
}

export const fullName = ({ owner, name }: Repository) => `${owner.login}/${name}`

export interface NewRepository {
  private?: boolean
  /**
   * It exists, but is invisible with every token: as behind SAML, or in an organization that the
   * user has left.
   */
  hidden?: boolean
  archived?: boolean
  fork?: boolean
  topics?: string[]
  description?: string | null
  language?: string | null
  stars?: number
  defaultBranch?: string
}

interface Identity {
  id: number
  nodeId: string
  bare: string
  owner: Account
  name: string
  /** When it is created. */
  time: string
}

/** A repository without workflows, runs and releases; public by default. */
export function newRepository({ time, ...identity }: Identity, options: NewRepository): Repository {
  return {
    ...identity,
    private: options.private ?? false,
    hidden: options.hidden ?? false,
    archived: options.archived ?? false,
    fork: options.fork ?? false,
    topics: options.topics ?? [],
    description: options.description ?? null,
    language: options.language ?? null,
    stars: options.stars ?? 0,
    defaultBranch: options.defaultBranch ?? 'main',
    createdAt: time,
    updatedAt: time,
    pushedAt: time,
    workflows: new Map(),
    definitions: new Map(),
    runs: [],
    releases: [],
    latestRelease: null,
    immutableReleases: false,
    burntTags: new Set(),
    hooks: [],
    lfsObjects: new Map(),
  }
}
