import { tmpdir } from 'node:os'
import { type LocalGitHub, type LocalGitHubOptions, startLocalGitHub } from 'local-github'
import type { Call } from '../../src/base/call.js'
import type { WizardEvent } from '../../src/events.js'
import { GitHubClient, type GitHubClientOptions } from '../../src/github/client.js'
import { WorkflowRunner } from '../../src/workflows/runner.js'
import type { WorkflowSession } from '../../src/workflows/session.js'
import { type TestClock, testClock } from '../support/clock.js'
import { testHost } from '../support/host.js'

export interface Stage {
  github: LocalGitHub
  clock: TestClock
  client: GitHubClient
  deps: WorkflowSession
  runner: WorkflowRunner
  /** For methods whose events and end a test checks. */
  call: Call<WizardEvent>
  events: WizardEvent[]
  /** The lines of the workflow log. */
  log: string[]
  /** Ends the command. */
  stop: AbortController
  /** Requests to the API so far whose path matches, each as `METHOD path`. */
  asked(path?: RegExp): string[]
  close(): Promise<void>
}

export interface StageOptions extends Omit<LocalGitHubOptions, 'now'> {
  /** Seconds by which the server's clock is ahead of the local one. */
  ahead?: number
  client?: GitHubClientOptions
}

export const repo = { owner: 'uDOS', repo: 'core' }

/**
 * One repository, `uDOS/core`, with workflows of several kinds, on a GitHub whose time is the
 * clock's.
 */
export async function stage({ ahead = 0, client, ...options }: StageOptions = {}): Promise<Stage> {
  const clock = testClock()
  const now = () => new Date(clock.now() + ahead * 1000)
  const github = await startLocalGitHub({ ...options, now })
  await github.addRepository('uDOS/core', { files })
  const events: WizardEvent[] = []
  const log: string[] = []
  const emit = (event: WizardEvent) => events.push(event)
  const stop = new AbortController()
  const connection = { baseUrl: github.apiUrl, token: github.token, clock, random: () => 0 }
  const host = testHost(tmpdir())
  const call = { emit, signal: stop.signal }
  const own = new GitHubClient({ ...connection, host, ...client }).with(call)
  const session = {
    clock,
    ...call,
    log: {
      write(name: string, level: string, text: string) {
        if (name === 'workflows') log.push(`${level} ${text}`)
      },
    },
  }
  return {
    github,
    clock,
    client: own,
    deps: { ...session, github: own },
    runner: new WorkflowRunner(own, { log: session.log }),
    call,
    events,
    log,
    stop,
    asked: (path = /./) =>
      github.requests
        .filter((one) => one.origin === 'api' && path.test(one.path))
        .map(({ method, path: asked }) => `${method} ${asked}`),
    async close() {
      await own.close()
      await github.close()
    },
  }
}

const job = (name: string) => `
  ${name}:
    name: ${name}
    steps: [{ name: Prepare, run: a }, { name: Test, run: b }]`

export const files = {
  '.github/workflows/tests.yml': `name: Tests
on:
  workflow_dispatch:
    inputs:
      suite: { type: choice, options: [unit, e2e], default: unit }
      verbose: { type: boolean }
      shards: { type: number }
jobs:${['lint', 'unit', 'e2e', 'docs', 'package'].map(job).join('')}
`,
  '.github/workflows/publish.yml': `name: Publish
on:
  workflow_dispatch:
    inputs:
      version: { required: true }
jobs: { publish: { steps: [{ run: npm publish }] } }
`,
  '.github/workflows/nightly.yml': 'name: nightly\non: [push, workflow_dispatch]\njobs: {}\n',
  '.github/workflows/nightly.yaml': 'name: Each night\non: schedule\njobs: {}\n',
  '.github/workflows/push.yml': 'name: On push\non: push\njobs: {}\n',
}
