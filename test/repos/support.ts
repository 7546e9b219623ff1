import type { RepositoryEntry, SourceEntry } from '../../src/config/files/repos.js'
import type { RepoEvent } from '../../src/repos/session.js'
import type { SyncTarget } from '../../src/repos/targets/sync-target.js'
import { temporaryFolder } from '../git/support/real-git.js'
import { type Addresses, type OpenedSession, sessionIn } from '../support/session.js'

export const root = '/srv'

const options = {
  autoPull: true,
  lfs: true,
  submodules: false,
  onDiverged: 'block',
  position: { file: '/srv/config/repos.yaml', line: 1, column: 1 },
} as const

export const entryOf = (
  fullName: string,
  { group = 'tools', ...more }: Partial<RepositoryEntry> = {},
): RepositoryEntry => {
  const [owner = '', repo = ''] = fullName.split('/')
  const destination = `${root}/library/${group}/${repo}`
  return { kind: 'repository', owner, repo, group, destination, ...options, ...more }
}

export const sourceOf = (
  from: string,
  { group = 'all', ...more }: Partial<SourceEntry> = {},
): SourceEntry => ({
  kind: 'source',
  from,
  group,
  match: [],
  exclude: [],
  topics: [],
  destination: '/library/{group}/{repo}',
  ...options,
  ...more,
})

export const wantedOf = (fullName: string, more: Partial<SyncTarget> = {}): SyncTarget => {
  const [owner = '', repo = ''] = fullName.split('/')
  const rest = { group: 'tools', autoPull: true, onDiverged: 'block', source: null } as const
  return { owner, repo, path: `${root}/library/tools/${repo}`, ...rest, ...more }
}

/** A session in a new root, whose repos.yaml has these groups; without them it has none. */
export const sessionWith = (
  github: Addresses,
  groups?: Record<string, object[]>,
): Promise<OpenedSession<RepoEvent>> =>
  sessionIn(temporaryFolder(), github, groups && { repos: { repos: groups } })
