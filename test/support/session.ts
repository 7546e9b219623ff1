import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LocalGitHub } from 'local-github'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import type { CommonEvent } from '../../src/base/call.js'
import { loadConfig } from '../../src/config/load.js'
import { GitHubClient } from '../../src/github/client.js'
import { type ConfiguredSession, sessionOf } from '../../src/session.js'
import { type TestClock, testClock } from './clock.js'
import { testHost } from './host.js'

export type Addresses = Pick<LocalGitHub, 'apiUrl' | 'gitUrl' | 'token'> & { userAgent?: string }

/** A GitHub that nobody must ask: nothing listens there. */
export const nowhere: Addresses = {
  ...{ apiUrl: 'http://127.0.0.1:9', gitUrl: 'http://127.0.0.1:9', token: 'ghp_none' },
}

export interface OpenedSession<Event> {
  session: ConfiguredSession<Event>
  root: string
  clock: TestClock
  events: (Event | CommonEvent)[]
  /** The lines of its log. */
  lines: string[]
  /** The messages of its warnings so far. */
  warnings(): string[]
}

/** A facade's session in a root, as its own factory makes it, with files of configuration by name. */
export async function sessionIn<Event extends { type: string }>(
  root: string,
  { apiUrl, gitUrl, token, userAgent }: Addresses,
  files: Record<string, unknown> = {},
): Promise<OpenedSession<Event>> {
  const dir = join(root, 'config')
  mkdirSync(dir, { recursive: true })
  const github = { base_url: apiUrl, git_url: gitUrl, token, owner: 'uDOS' }
  for (const [name, content] of Object.entries({ github: { github }, ...files })) {
    writeFileSync(join(dir, `${name}.yaml`), stringify(content))
  }
  const host = testHost(root)
  const clock = testClock()
  const config = await loadConfig({ cwd: root, env: host.env, home: root, flags: { config: dir } })
  const client = new GitHubClient({
    ...{ baseUrl: apiUrl, gitUrl, token, owner: 'uDOS', host, clock, retryAttempts: 0, userAgent },
  })
  onTestFinished(() => client.close())
  const lines: string[] = []
  const log = { write: (_log: string, _level: string, line: string) => void lines.push(line) }
  const events: (Event | CommonEvent)[] = []
  const { openConfigured } = sessionOf<Event>(client, { config, log })
  const session = await openConfigured({ emit: (event) => void events.push(event) })
  const warnings = () =>
    events.flatMap((event) => (event.type === 'warning' && 'message' in event ? event.message : []))
  return { session, root: config.root, clock, events, lines, warnings } as OpenedSession<Event>
}
