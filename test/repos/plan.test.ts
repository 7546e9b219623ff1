import { describe, expect, it } from 'vitest'
import type { LocalState } from '../../src/git/repository/open.js'
import type { RemoteHead, Situation } from '../../src/repos/inspect.js'
import {
  leftAlone,
  obstacleTo,
  otherBranch,
  type PlanOptions,
  planSync,
} from '../../src/repos/plan.js'
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
  uses_lfs: false,
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

const situationOf = ({ local, head: remote, rest, ...change }: Change): Situation => ({
  wanted: { ...wanted, ...change.wanted },
  local: { ...repository, ...local } as LocalState,
  interrupted: false,
  pin: null,
  head: remote === null ? null : { ...head, ...remote },
  refused: null,
  remembered,
  ...rest,
})

const gitUrl = 'https://github.com'
const usual: PlanOptions = { mode: 'sync', gitUrl, due: false, named: false, now }

function plan({ options, ...change }: Change): string {
  const [step] = planSync({ ...usual, ...options }, [situationOf(change)])
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

it('planSync gives a step for each repository, in their order', () => {
  const all = [
    situationOf({}),
    situationOf({ local: absent }),
    situationOf({ head: { oid: here } }),
  ]
  const steps = planSync(usual, all)
  expect(steps.map(({ action }) => action)).toEqual(['pull', 'clone', 'settle'])
  expect(steps.map(({ situation }) => situation)).toEqual(all)
})

it('planSync passes on why a clone cannot be read, even where GitHub refuses', () => {
  const error = { code: 'FAILED', message: 'a damaged HEAD', hint: null } as const
  const unreadable = situationOf({ rest: { local: { kind: 'unreadable', error }, refused } })
  expect(planSync(usual, [unreadable])).toMatchObject([{ status: 'failed', error }])
})

describe('leftAlone', () => {
  const due = { ...usual, due: true }
  it.each<[string, PlanOptions, Partial<SyncTarget>, Partial<Remembered> | undefined, boolean]>([
    ['all are read where none must be due', usual, {}, remembered, false],
    ['without a schedule', due, {}, remembered, true],
    ['tried since it fell due', due, { pullSchedule: '0 9 * * *' }, remembered, true],
    ['due', due, { pullSchedule: '30 9 * * *' }, remembered, false],
    ['never tried', due, { pullSchedule: '0 9 * * *' }, undefined, false],
    ['known, and never tried', due, { pullSchedule: '0 9 * * *' }, { last_attempt: null }, false],
    ['auto_pull: false', usual, { autoPull: false }, remembered, true],
    ['auto_pull: false, but named', { ...usual, named: true }, { autoPull: false }, {}, false],
    ['auto_pull: false in a clone', { ...usual, mode: 'clone' }, { autoPull: false }, {}, false],
    ['left out by its source', { ...usual, named: true }, { skip: 'archived' }, remembered, true],
  ])('%s', (_name, options, more, known, expected) => {
    const situation = {
      wanted: { ...wanted, ...more },
      remembered: known && { ...remembered, ...known },
    }
    expect(leftAlone(options)(situation)).toBe(expected)
  })
})

describe('what blocks a clone', () => {
  it.each<[string, Change, string | null, string?]>([
    ['nothing', {}, null],
    ['a clone that is missing', { local: absent }, null],
    [
      'a file in its place',
      { local: { kind: 'occupied', what: 'a file' } },
      '/srv/library/typo is a file',
      'move it away, or choose another destination',
    ],
    [
      'a clone git keeps in another way',
      { local: { unsupported: 'a sparse checkout' } },
      '/srv/library/typo has a sparse checkout',
      'pull it with git itself',
    ],
    [
      'no origin',
      { local: { origin: null } },
      'no remote: /srv/library/typo has no origin',
      'if it is uDOS/typo: git remote add origin, in that folder; otherwise move it away',
    ],
    [
      'another origin',
      { local: { origin: 'git@github.com:uDOS/other' } },
      '/srv/library/typo is a clone of git@github.com:uDOS/other, not of uDOS/typo',
    ],
    [
      'another repository of that name',
      { head: { id: 8 } },
      'uDOS/typo is now a different repository from the one that was cloned',
    ],
    ['an id that GitHub does not give', { head: { id: null } }, null],
    ['an id that is not remembered', { rest: { remembered: undefined } }, null],
    [
      'a remembered clone without an id',
      { rest: { remembered: { ...remembered, id: null } } },
      null,
    ],
  ])('obstacleTo: %s', (_name, change, message, hint) => {
    const obstacle = obstacleTo(gitUrl, situationOf(change))
    expect(obstacle?.message ?? null).toBe(message)
    if (hint !== undefined) expect(obstacle?.hint).toBe(hint)
  })

  const at = 'git -C /srv/library/typo switch main'
  it.each<[string, Change, string | null, string?]>([
    ['the same branch', {}, null],
    ['nothing is known of the remote', { local: { branch: 'topic' }, head: null }, null],
    ['an empty remote', { local: { branch: 'topic' }, head: { ref: null, oid: null } }, null],
    ['a tag is wanted', { local: { branch: null }, head: { ref: 'v1', pinned: true } }, null],
    ['it is at its pin', { local: { branch: null }, rest: { pin: here } }, null],
    [
      'a branch',
      { local: { branch: 'topic' } },
      '/srv/library/typo is on branch topic, not on main',
      `${at}, or set branch: topic`,
    ],
    [
      'no branch',
      { local: { branch: null } },
      '/srv/library/typo is on a detached HEAD, not on main',
      at,
    ],
  ])('otherBranch: %s', (_name, change, message, hint) => {
    const other = otherBranch(situationOf(change))
    expect([other?.message ?? null, other?.hint]).toEqual([message, hint])
  })
})
