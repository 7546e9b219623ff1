import type { Release } from './releases.js'
import type { Run } from './runs.js'
import type { WorkflowRecord } from './workflows.js'

export interface Account {
  id: number
  nodeId: string
  login: string
  type: 'User' | 'Organization'
  /** Addresses by which its commits are known, in lower case. */
  emails: string[]
  createdAt: string
}

export interface Repository {
  readonly id: number
  readonly nodeId: string
  /** Path of the bare git repository, which stays when the repository is renamed. */
  readonly bare: string
  owner: Account
  name: string
  private: boolean
  /** Not to be seen with any token. */
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
  /** Ids of workflow files and their states, by path; the files themselves are in git. */
  workflows: Map<string, WorkflowRecord>
  /** The newest first. */
  runs: Run[]
  /** The newest first. */
  releases: Release[]
  /** The id of the one that was made latest, where it was. */
  latestRelease: number | null
  /** Releases take no more assets once they are published. */
  immutableReleases: boolean
}

export const fullName = ({ owner, name }: Repository) => `${owner.login}/${name}`

export interface NewRepository {
  private?: boolean
  /** There, but not for any token: as behind SAML, or in an organization one has left. */
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
  /** When it is made. */
  time: string
}

/** A repository without workflows, runs and releases; public, unless told otherwise. */
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
    runs: [],
    releases: [],
    latestRelease: null,
    immutableReleases: false,
  }
}
