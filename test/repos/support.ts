import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LocalGitHub } from 'local-github'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import type { RepositoryEntry, SourceEntry } from '../../src/config/files/repos.js'
import { loadConfig } from '../../src/config/load.js'
import { GitHubClient } from '../../src/github/client.js'
import type { RepoEvent } from '../../src/repos/events.js'
import type { RepoSession } from '../../src/repos/session.js'
import type { SyncTarget } from '../../src/repos/targets/sync-target.js'
import { sessionOf } from '../../src/session.js'
import { temporaryFolder } from '../git/support/real-git.js'
import { testClock } from '../support/clock.js'
import { testHost } from '../support/host.js'

export const root = '/srv'

const options = {
  autoPull: true,
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

export interface OpenedSession {
  session: RepoSession
  root: string
  events: RepoEvent[]
  /** The lines of its log. */
  lines: string[]
}

/** A session in a new root, whose repos.yaml has these groups; without them it has none. */
export async function sessionWith(
  { apiUrl, gitUrl, token }: Pick<LocalGitHub, 'apiUrl' | 'gitUrl' | 'token'>,
  groups?: Record<string, object[]>,
): Promise<OpenedSession> {
  const root = temporaryFolder()
  const dir = join(root, 'config')
  mkdirSync(dir)
  const github = { base_url: apiUrl, git_url: gitUrl, token }
  writeFileSync(join(dir, 'github.yaml'), stringify({ github }))
  if (groups) writeFileSync(join(dir, 'repos.yaml'), stringify({ repos: groups }))
  const host = testHost(root)
  const config = await loadConfig({ cwd: root, env: host.env, home: root, flags: { config: dir } })
  const client = new GitHubClient({
    ...{ baseUrl: apiUrl, gitUrl, token, host },
    ...{ clock: testClock(), retryAttempts: 0 },
  })
  onTestFinished(() => client.close())
  const lines: string[] = []
  const log = { write: (_log: string, _level: string, line: string) => void lines.push(line) }
  const events: RepoEvent[] = []
  const { openConfigured } = sessionOf<RepoEvent>(client, { config, log })
  const session = await openConfigured({ emit: (event) => void events.push(event) })
  return { session, root: config.root, events, lines }
}
