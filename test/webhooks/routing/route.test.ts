import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { factsOf } from '../../../src/webhooks/routing/facts.js'
import { routerFor } from '../../../src/webhooks/routing/route.js'
import type { StoredDelivery } from '../../../src/webhooks/store/store.js'
import { webhooksConfig } from '../support/configuration.js'

const stored = (event: string, payload: unknown): StoredDelivery => {
  const body = Buffer.from(JSON.stringify(payload))
  return {
    id: 1,
    delivery: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    hook_id: null,
    event,
    action: null,
    repo: null,
    ref: null,
    status: 'accepted',
    reason: null,
    received_at: '2026-01-14T10:00:00Z',
    times_received: 1,
    bytes: body.length,
    sha256: '',
    headers: { 'content-type': 'application/json' },
    body,
  }
}

const repository = { id: 1, full_name: 'uDOS/core' }
const push = (ref: string) => ({ ref, after: '1'.repeat(40), repository })
const pullRequest = (from: number | null, more: object = {}) => ({
  action: 'opened',
  repository,
  pull_request: {
    number: 5,
    draft: false,
    head: { ref: 'topic', sha: '2'.repeat(40), repo: from === null ? null : { id: from } },
    base: { ref: 'main', repo: { id: 1 } },
    ...more,
  },
})
const sync = [{ action: 'sync_repo' }]

/** The handlers that a delivery gets, or its status and reason. */
async function route(handlers: object, event: string, payload: unknown, more: object = {}) {
  const decision = routerFor(await webhooksConfig(handlers, more))(stored(event, payload))
  return decision.status === 'queued'
    ? decision.runs.map(({ handler }) => handler)
    : `${decision.status}: ${decision.reason}`
}

describe('a push', () => {
  it.each<[string, string, unknown]>([
    ['push', 'refs/heads/main', ['sync_repo']],
    ['push:main', 'refs/heads/main', ['sync_repo']],
    ['push:main', 'refs/heads/mainline', 'ignored: no handler'],
    ['push:release/*', 'refs/heads/release/1.2', ['sync_repo']],
    ['push:release/*', 'refs/heads/release/1/2', 'ignored: no handler'],
    ['push:release/**', 'refs/heads/release/1/2', ['sync_repo']],
    ['push:*', 'refs/heads/a/b', 'ignored: no handler'],
    ['push:main', 'refs/tags/main', 'ignored: no handler'],
    ['push:refs/tags/v*', 'refs/tags/v1.2', ['sync_repo']],
    ['push:{main,dev}', 'refs/heads/dev', ['sync_repo']],
    ['push:main', 'refs/heads/x;touch /tmp/p', 'ignored: no handler'],
    ['push', 'refs/heads/x;touch /tmp/p', ['sync_repo']],
    ['release', 'refs/heads/main', 'ignored: event'],
  ])('%s and %s', async (key, ref, expected) => {
    expect(await route({ [key]: sync }, 'push', push(ref))).toEqual(expected)
  })

  it('gets every handler that matches, in the order of the file', async () => {
    const handlers = {
      push: [{ action: 'exec', payload: { cmd: ['a'] } }, ...sync],
      'push:main': sync,
    }
    expect(await route(handlers, 'push', push('refs/heads/main'))).toEqual([
      'exec',
      'sync_repo',
      'sync_repo-2',
    ])
  })
})

describe('a repository', () => {
  it.each<[string[], string, unknown]>([
    [['uDOS/*'], 'UDOS/Core', ['sync_repo']],
    [['uDOS/core'], 'uDOS/other', 'ignored: repository'],
    [['*/core'], 'else/core', ['sync_repo']],
    [['**'], 'else/any', ['sync_repo']],
    [['uDOS/c*'], 'uDOS/core', ['sync_repo']],
  ])('%j and %s', async (repositories, full_name, expected) => {
    const payload = { ...push('refs/heads/main'), repository: { id: 1, full_name } }
    expect(await route({ push: sync }, 'push', payload, { repositories })).toEqual(expected)
  })

  it('with a name that GitHub can not have counts as none', () => {
    for (const full_name of ['../..', 'a/b/c', '-x/y', 'a b/c', 'uDOS/..']) {
      expect(factsOf('push', { repository: { full_name } }).repo).toBeNull()
    }
  })
})

describe('a delivery without a repository', () => {
  const payload = { action: 'member_added', organization: { login: 'uDOS' } }
  it('is ignored with that reason, unless a handler names its event', async () => {
    const handler = [{ action: 'exec', payload: { cmd: ['a'] } }]
    const more = { events: ['push', 'organization'] }
    expect(await route({ push: handler }, 'organization', payload, more)).toBe(
      'ignored: no repository',
    )
    expect(await route({ organization: handler }, 'organization', payload)).toEqual(['exec'])
    expect(await route({ 'organization:member_added': handler }, 'organization', payload)).toEqual([
      'exec',
    ])
  })
})

describe('a pull request', () => {
  it.each<[string, object, unknown]>([
    ['of its own repository', pullRequest(1), ['sync_repo']],
    ['of a fork', pullRequest(2), 'ignored: fork'],
    ['of a fork that is gone', pullRequest(null), 'ignored: fork'],
  ])('%s', async (_, payload, expected) => {
    expect(await route({ pull_request: sync }, 'pull_request', payload)).toEqual(expected)
  })

  it('of a fork runs where its handler says so', async () => {
    const forks = [{ action: 'sync_repo', forks: true }]
    expect(await route({ pull_request: forks }, 'pull_request', pullRequest(2))).toEqual([
      'sync_repo',
    ])
  })

  it.each<[string, unknown]>([
    ['pull_request:opened', ['sync_repo']],
    ['pull_request:main', ['sync_repo']],
    ['pull_request:topic', 'ignored: no handler'],
    ['pull_request:closed', 'ignored: no handler'],
  ])('is matched by its action and by where it goes: %s', async (key, expected) => {
    expect(await route({ [key]: sync }, 'pull_request', pullRequest(1))).toEqual(expected)
  })

  it.each<[object, unknown]>([
    [{ 'pull_request.draft': false }, ['sync_repo']],
    [{ 'pull_request.draft': true }, 'ignored: no handler'],
    [{ 'pull_request.head.ref': 'topic', 'pull_request.draft': false }, ['sync_repo']],
    [{ 'pull_request.none': null }, 'ignored: no handler'],
    [{ '__proto__.x': 1 }, 'ignored: no handler'],
  ])('and by its values: %j', async (condition, expected) => {
    const handlers = { pull_request: [{ action: 'sync_repo', if: condition }] }
    expect(await route(handlers, 'pull_request', pullRequest(1))).toEqual(expected)
  })
})

it('that can not be read is dead, with its reason', async () => {
  const decide = routerFor(await webhooksConfig({ push: sync }))
  const body = Buffer.from('[1]')
  expect(decide({ ...stored('push', {}), body })).toMatchObject({
    status: 'dead',
    reason: 'the payload is not a JSON object',
  })
})

describe('the facts of GitHub’s own examples', () => {
  const require = createRequire(import.meta.url)
  const examples: { name: string; examples: unknown[] }[] = require('@octokit/webhooks-examples')
  const all = examples.flatMap(({ name, examples: payloads }) =>
    payloads.map((payload) => ({ name, payload })),
  )

  it('are read from all of them', () => {
    expect(all.length).toBeGreaterThan(300)
    for (const { name, payload } of all) {
      const facts = factsOf(name, payload as Record<string, unknown>)
      const full = (payload as { repository?: { full_name?: string } }).repository?.full_name
      expect([name, facts.repo]).toEqual([name, full ?? null])
    }
  })

  it.each<[string, object]>([
    ['push', { ref: 'refs/tags/simple-tag', tag: 'simple-tag', branch: null }],
    ['release', { ref: 'refs/tags/0.0.1', tag: '0.0.1' }],
    ['pull_request', { ref: 'refs/pull/2/head', branch: 'changes', target: 'master' }],
    ['workflow_run', { branch: 'main', ref: 'refs/heads/main' }],
    ['check_run', { branch: 'changes' }],
    ['create', { ref: 'refs/tags/simple-tag', tag: 'simple-tag' }],
    ['status', { branch: 'master' }],
    ['workflow_job', { sha: 'e3103f8eb03e1ad7f2331c5446b23c070fc54055' }],
    ['merge_group', { ref: expect.stringContaining('gh-readonly-queue'), target: 'main' }],
    ['deployment', { branch: 'master', sha: 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e' }],
    ['deployment_review', { branch: 'sample' }],
    ['check_suite', { branch: 'changes' }],
    ['delete', { ref: 'refs/tags/simple-tag' }],
    ['repository_dispatch', { branch: 'master' }],
    ['workflow_dispatch', { ref: 'refs/heads/main' }],
    ['issues', { ref: null, branch: null }],
  ])('say where %s is about', (event, expected) => {
    const payload = all.find(({ name }) => name === event)?.payload as Record<string, unknown>
    expect(factsOf(event, payload)).toMatchObject(expected)
  })

  it('name a place for these events, and for no others', () => {
    const onBranch = ['branch', 'ref', 'sha', 'target']
    const named = { release: ['ref', 'tag'], create: ['ref', 'tag'], delete: ['ref', 'tag'] }
    const dispatched = ['branch', 'ref', 'target']
    const expected: Record<string, string[]> = {
      push: ['branch', 'ref', 'sha', 'tag', 'target'],
      ...named,
      repository_dispatch: dispatched,
      workflow_dispatch: dispatched,
      check_run: onBranch,
      check_suite: onBranch,
      deployment: onBranch,
      deployment_review: onBranch,
      deployment_status: onBranch,
      merge_group: onBranch,
      pull_request: onBranch,
      pull_request_review: onBranch,
      pull_request_review_comment: onBranch,
      pull_request_review_thread: onBranch,
      status: onBranch,
      workflow_job: onBranch,
      workflow_run: onBranch,
    }
    const found = new Map<string, Set<string>>()
    for (const { name, payload } of all) {
      const { ref, branch, target, tag, sha } = factsOf(name, payload as Record<string, unknown>)
      const given = Object.entries({ ref, branch, target, tag, sha }).filter(([, value]) => value)
      const keys = [...(found.get(name) ?? []), ...given.map(([key]) => key)]
      if (keys.length > 0) found.set(name, new Set(keys))
    }
    const sorted = [...found].map(([name, keys]) => [name, [...keys].sort()])
    expect(Object.fromEntries(sorted)).toEqual(expected)
  })

  it('are routed, every one', async () => {
    const names = [...new Set(all.map(({ name }) => name))]
    const handlers = Object.fromEntries(
      names.map((name) => [name, [{ action: 'exec', forks: true, payload: { cmd: ['true'] } }]]),
    )
    const decide = routerFor(await webhooksConfig(handlers, { repositories: ['**'] }))
    for (const { name, payload } of all) {
      expect([name, decide(stored(name, payload)).status]).toEqual([name, 'queued'])
    }
  })
})
