import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { listedWhenDue, nextTimeOf } from '../../../src/repos/schedule/due.js'
import { neverListed, schedulesOf } from '../../../src/repos/schedule/status.js'
import { SyncState } from '../../../src/repos/state.js'
import type { Listed } from '../../../src/repos/targets/source.js'
import type { SyncTarget } from '../../../src/repos/targets/sync-target.js'
import { entryOf, sourceOf, wantedOf } from '../support.js'

const at = (day: number, hour = 0, minute = 0) => new Date(2026, 0, day, hour, minute).getTime()
const iso = (...when: Parameters<typeof at>) => new Date(at(...when)).toISOString()
const now = at(14, 10)
const daily = '0 0 * * *'

let root: string
let state: SyncState
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'wizard-schedule-'))
  onTestFinished(() => rm(root, { recursive: true }))
  state = await SyncState.open(root, () => {})
})

const path = (repo: string) => join(root, repo)
const tried = (repo: string, last_attempt: number, source: string | null = null) =>
  state.update(path(repo), { repo: `uDOS/${repo}`, last_attempt, source })

describe('schedulesOf', () => {
  const statusOf = (more: Partial<SyncTarget>) => {
    const [status] = schedulesOf(
      state,
      [wantedOf('uDOS/typo', { path: path('typo'), ...more })],
      now,
    )
    return status
  }

  it('says when it was tried, and when it is due next', () => {
    tried('typo', at(14, 0, 1))
    state.update(path('typo'), { repo: 'uDOS/typo', last_pull: at(13) })
    expect(statusOf({ pullSchedule: daily })).toEqual({
      repo: 'uDOS/typo',
      group: 'tools',
      path: path('typo'),
      pull_schedule: daily,
      in_words: 'every day at 00:00',
      last_attempt: iso(14, 0, 1),
      last_pull: iso(13),
      next_due: iso(15),
      overdue: false,
    })
  })

  it.each<[string, Partial<SyncTarget>, number | null, string | null, boolean]>([
    ['never tried: due now', { pullSchedule: daily }, null, iso(14, 10), true],
    ['missed: due since the first time', { pullSchedule: daily }, at(11, 5), iso(12), true],
    ['tried since', { pullSchedule: daily }, at(14), iso(15), false],
    ['the clock was set back: due now', { pullSchedule: daily }, at(20), iso(14, 10), true],
    ['without a schedule', {}, null, null, false],
    ['auto_pull: false', { pullSchedule: daily, autoPull: false }, null, null, false],
    ['a day that comes no more', { pullSchedule: '0 0 30 2 *' }, at(1), null, false],
  ])('%s', (_name, more, last, next_due, overdue) => {
    if (last !== null) tried('typo', last)
    expect(statusOf(more)).toMatchObject({ next_due, overdue })
  })
})

it('nextTimeOf is later than the moment it is asked at', () => {
  expect(nextTimeOf(daily, at(14))).toBe(at(15))
  expect(nextTimeOf('*/5 * * * *', at(14, 0, 4))).toBe(at(14, 0, 5))
  expect(nextTimeOf('0 0 30 2 *', at(14))).toBeNull()
})

it('neverListed are the accounts of which nothing is known yet', () => {
  const entries = [entryOf('uDOS/typo'), sourceOf('uDOS'), sourceOf('ollama', { group: 'models' })]
  const known = [wantedOf('uDOS/micro', { source: 'uDOS' })]
  expect(neverListed(entries, known, root)).toMatchObject([
    { owner: 'ollama', repo: '*', group: 'models', path: root, source: 'ollama' },
  ])
  expect(neverListed(entries, [], root)).toHaveLength(2)
})

describe('listedWhenDue', () => {
  const fresh: Listed[] = [{ id: 1, owner: 'uDOS', repo: 'fresh' }]
  const list = (pullSchedule?: string) =>
    listedWhenDue(async () => fresh, state, now)(sourceOf('uDOS', { pullSchedule }))
  const cloned = (repo: string) => mkdir(join(path(repo), '.git'), { recursive: true })

  it('asks GitHub where nothing is known yet', async () => {
    expect(await list(daily)).toEqual(fresh)
    expect(await list()).toEqual(fresh)
  })

  it('asks again when it falls due, and not before', async () => {
    tried('typo', at(14, 0, 1), 'uDOS')
    await cloned('typo')
    expect((await list(daily)).map(({ repo }) => repo)).toEqual(['typo'])
    expect(await list('0 9 * * *')).toEqual(fresh)
    expect((await list()).map(({ repo }) => repo)).toEqual(['typo'])
  })

  it('counts the newest attempt of all that it lists', async () => {
    tried('typo', at(1), 'uDOS')
    tried('micro', at(14, 9, 30), 'udos')
    tried('other', at(2), 'else')
    await Promise.all(['typo', 'micro'].map(cloned))
    expect((await list('0 9 * * *')).map(({ repo }) => repo)).toEqual(['micro', 'typo'])
  })

  it('asks again where a clone is gone', async () => {
    tried('typo', at(14, 0, 1), 'uDOS')
    expect(await list(daily)).toEqual(fresh)
  })
})
