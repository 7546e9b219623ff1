import { describe, expect, it } from 'vitest'
import type { LocalState } from '../../src/git/repository/open.js'
import type { RemoteHead, Situation } from '../../src/repos/inspect.js'
import { type PlanOptions, planSync } from '../../src/repos/plan.js'
import type { Remembered } from '../../src/repos/state.js'
import type { SyncTarget } from '../../src/repos/targets/sync-target.js'

const here = '1'.repeat(40)
const there = '2'.repeat(40)
const now = new Date(2026, 0, 14, 10).getTime()

const wanted: SyncTarget = {
  owner: 'uDOS',
  repo: 'typo',
  group: 'tools',
  path: '/srv/library/typo',
  branch: 'main',
  autoPull: true,
  onDiverged: 'block',
  source: null,
}
const repository: LocalState = {
  kind: 'repository',
  origin: 'https://github.com/uDOS/typo.git',
  branch: 'main',
  head: here,
  shallow: false,
  unsupported: null,
}
const head: RemoteHead = {
  id: 7,
  fullName: 'uDOS/typo',
  archived: false,
  ref: 'main',
  pinned: false,
  oid: there,
}
const remembered: Remembered = {
  repo: 'uDOS/typo',
  id: 7,
  source: null,
  made: true,
  last_attempt: now - 3600_000,
  last_pull: now - 3600_000,
  warnings: [],
}

interface Change {
  options?: Partial<PlanOptions>
  wanted?: Partial<SyncTarget>
  local?:
    | Partial<Extract<LocalState, { kind: 'repository' }>>
    | Exclude<LocalState, { kind: 'repository' }>
  head?: Partial<RemoteHead> | null
  rest?: Partial<Situation>
}

function plan({ options, local, head: remote, rest, ...change }: Change): string {
  const situation: Situation = {
    wanted: { ...wanted, ...change.wanted },
    local: { ...repository, ...local } as LocalState,
    interrupted: false,
    pin: null,
    head: remote === null ? null : { ...head, ...remote },
    refused: null,
    remembered,
    ...rest,
  }
  const [step] = planSync(
    { mode: 'sync', gitUrl: 'https://github.com', due: false, named: false, now, ...options },
    [situation],
  )
  if (step?.action !== 'settle') return step?.action ?? 'nothing'
  return [step.status, step.reason].filter(Boolean).join(' ')
}

const absent = { kind: 'absent' } as const
const refused = { code: 'GITHUB_AUTH', message: 'a bad token', hint: null } as const

describe('planSync', () => {
  it.each<[string, Change, string]>([
    ['clones what is missing', { local: absent }, 'clone'],
    ['takes an empty folder', { local: { kind: 'empty' } }, 'clone'],
    [
      'leaves anything else alone',
      { local: { kind: 'occupied', what: 'a file' } },
      'blocked not-a-repository',
    ],
    ['pulls what is behind', {}, 'pull'],
    ['knows what is in step', { head: { oid: here } }, 'unchanged'],
    ['clones nothing where GitHub refuses', { local: absent, rest: { refused } }, 'failed'],
    ['pulls nothing where GitHub refuses', { head: null, rest: { refused } }, 'failed'],
    [
      'still skips what is not to be pulled where GitHub refuses',
      { wanted: { autoPull: false }, rest: { refused } },
      'skipped no-auto-pull',
    ],
    ['asks git where GraphQL did not know', { head: null }, 'pull'],
    [
      'finishes what a kill cut short',
      { head: { oid: here }, rest: { interrupted: true } },
      'pull',
    ],
    ['does not clone in a pull', { options: { mode: 'pull' }, local: absent }, 'skipped missing'],
    ['does not clone in a reset', { options: { mode: 'reset' }, local: absent }, 'skipped missing'],
    ['does not pull in a clone', { options: { mode: 'clone' } }, 'unchanged'],
    ['skips auto_pull: false', { wanted: { autoPull: false } }, 'skipped no-auto-pull'],
    [
      'but not when it was named',
      { wanted: { autoPull: false }, options: { named: true } },
      'pull',
    ],
    [
      'nor in CLONE-ALL',
      { wanted: { autoPull: false }, options: { mode: 'clone' }, local: absent },
      'clone',
    ],
    ['skips what its source leaves out', { wanted: { skip: 'archived' } }, 'skipped archived'],
    ['another branch here', { local: { branch: 'topic' } }, 'blocked other-branch'],
    ['a detached HEAD', { local: { branch: null } }, 'blocked other-branch'],
    [
      'a default that was renamed',
      { wanted: { branch: undefined }, head: { ref: 'trunk' } },
      'blocked other-branch',
    ],
    [
      'another repository',
      { local: { origin: 'https://github.com/else/typo' } },
      'blocked wrong-remote',
    ],
    [
      'another host',
      { local: { origin: 'https://example.org/uDOS/typo' } },
      'blocked wrong-remote',
    ],
    ['no origin', { local: { origin: null } }, 'blocked wrong-remote'],
    ['an ssh origin is the same', { local: { origin: 'git@github.com:uDOS/typo.git' } }, 'pull'],
    [
      'a token-bearing origin too',
      { local: { origin: 'https://x:t@github.com/udos/Typo' } },
      'pull',
    ],
    ['a stranger under the old name', { head: { id: 8 } }, 'blocked wrong-remote'],
    [
      'what wizard cannot do right',
      { local: { unsupported: 'a sparse checkout' } },
      'blocked unsupported',
    ],
    [
      'a tag at its pin',
      { wanted: { branch: 'v1' }, local: { branch: null }, head: null, rest: { pin: here } },
      'unchanged',
    ],
    [
      'a pin elsewhere',
      { wanted: { branch: there }, local: { branch: null }, head: null, rest: { pin: there } },
      'pull',
    ],
    ['both empty', { local: { head: null }, head: { ref: null, oid: null } }, 'unchanged'],
    ['empty here alone', { local: { head: null } }, 'pull'],
    ['not due without a schedule', { options: { due: true } }, 'skipped not-due'],
    ['missing is due', { options: { due: true }, local: absent }, 'clone'],
    [
      'due since the last attempt',
      { options: { due: true }, wanted: { pullSchedule: '30 9 * * *' } },
      'pull',
    ],
    [
      'not due again',
      { options: { due: true }, wanted: { pullSchedule: '0 0 * * *' } },
      'skipped not-due',
    ],
    [
      'due at the first time',
      {
        options: { due: true },
        wanted: { pullSchedule: '0 0 * * *' },
        rest: { remembered: undefined },
      },
      'pull',
    ],
  ])('%s', (_name, change, expected) => {
    expect(plan(change)).toBe(expected)
  })
})
