import type { Account, Repository } from './types.js'

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
