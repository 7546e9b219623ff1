import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acquireLock } from '../../src/process/lock.js'
import { type PruneOptions, prune } from '../../src/repos/prune.js'
import { openState, type RepoEvent } from '../../src/repos/session.js'
import type { Remembered } from '../../src/repos/state.js'
import { git, temporaryFolder } from '../git/support/real-git.js'
import type { OpenedSession } from '../support/session.js'
import { sessionWith } from './support.js'

let github: LocalGitHub
let template: string
beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), 'wizard-template-'))
  git(template, ['init', '--quiet'])
  github = await startLocalGitHub()
  await github.addRepository('ollama/ollama')
})
afterAll(async () => {
  await github.close()
  rmSync(template, { recursive: true })
})

type Groups = Record<string, object[]>
const nothingNamed: Groups = { tools: [{ repo: 'else/stays', destination: 'library/stays' }] }
const yes: PruneOptions = { confirm: async () => true }

const open = (groups: Groups = nothingNamed) => sessionWith(github, groups)

/** A clone without a commit, remembered as wizard's. */
async function cloned(
  { session, root }: OpenedSession<RepoEvent>,
  fullName: string,
  more: Partial<Remembered> = {},
): Promise<string> {
  const path = join(root, 'library', fullName.replace('/', '-'))
  cpSync(template, path, { recursive: true })
  const origin = `[remote "origin"]\n\turl = ${github.gitUrl}/${fullName}.git\n`
  appendFileSync(join(path, '.git', 'config'), origin)
  const state = await openState(session)
  state.update(path, { repo: fullName, made: true, ...more })
  await state.save()
  return path
}

async function pruned(opened: OpenedSession<RepoEvent>, options: PruneOptions = yes) {
  const { clones, failures } = await prune(opened.session, options)
  return { clones, failures: failures.map(({ repo }) => repo) }
}

describe('prune', () => {
  it('moves a clone below the time and its name, forgets it, and logs it', async () => {
    const opened = await open()
    const path = await cloned(opened, 'uDOS/typo')
    const trash = join(opened.root, '.wizard/trash/20260114T120000Z/uDOS-typo/uDOS-typo')
    const moved = { repo: 'uDOS/typo', path, action: 'trashed', reasons: [], trash }
    expect(await pruned(opened)).toEqual({ clones: [moved], failures: [] })
    expect([existsSync(path), existsSync(join(trash, '.git'))]).toEqual([false, true])
    expect((await openState(opened.session)).get(path)).toBeUndefined()
    expect(opened.lines).toEqual([`Moved uDOS/typo to ${trash}`])
    expect((await pruned(opened)).clones).toEqual([])
  })

  it.each<[string, Partial<PruneOptions>]>([
    ['in a dry run', { dryRun: true, confirm: () => Promise.reject(new Error('asked')) }],
    ['where the answer is no', { confirm: async () => false }],
  ])('moves nothing %s', async (_when, options) => {
    const opened = await open()
    const path = await cloned(opened, 'uDOS/typo')
    expect((await pruned(opened, { ...yes, ...options })).clones).toMatchObject([
      { path, action: 'listed', trash: null },
    ])
    expect(existsSync(path)).toBe(true)
    expect((await openState(opened.session)).get(path)).toBeDefined()
  })

  it('asks about those alone that it would move, and about none if there is none', async () => {
    const opened = await open()
    writeFileSync(join(await cloned(opened, 'uDOS/mine'), 'mine.txt'), '')
    const asked: string[] = []
    const confirm: PruneOptions['confirm'] = async (all) => {
      asked.push(all.map(({ repo }) => repo).join(' '))
      return true
    }
    await pruned(opened, { confirm })
    expect(asked).toEqual([])
    await cloned(opened, 'uDOS/clean')
    const { clones } = await pruned(opened, { confirm })
    expect(asked).toEqual(['uDOS/clean'])
    expect(clones.map(({ repo, action }) => `${repo} ${action}`)).toEqual([
      'uDOS/mine kept',
      'uDOS/clean trashed',
    ])
  })

  it('counts for max only what it would move', async () => {
    const opened = await open()
    writeFileSync(join(await cloned(opened, 'uDOS/mine'), 'mine.txt'), '')
    const path = await cloned(opened, 'uDOS/one')
    await cloned(opened, 'uDOS/two')
    await expect(pruned(opened, { ...yes, max: 1 })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: '2 clones would be moved, more than --max 1',
    })
    expect(existsSync(path)).toBe(true)
    expect((await pruned(opened, { ...yes, max: 2 })).clones).toHaveLength(3)
    expect(existsSync(path)).toBe(false)
  })

  it.each<[string, Partial<Remembered>, (path: string) => unknown]>([
    ['what wizard did not make', { made: false }, () => {}],
    ['what is gone', {}, (path) => renameSync(path, `${path}-elsewhere`)],
    [
      'a link in its place',
      {},
      (path) => {
        renameSync(path, `${path}-elsewhere`)
        symlinkSync(`${path}-elsewhere`, path)
      },
    ],
  ])('never lists %s', async (_what, more, change) => {
    const opened = await open()
    change(await cloned(opened, 'uDOS/typo', more))
    expect((await pruned(opened)).clones).toEqual([])
  })

  it.each<[string, (path: string) => unknown, RegExp]>([
    [
      'another clone in its place',
      (path) => git(path, ['remote', 'set-url', 'origin', `${github.gitUrl}/uDOS/other`]),
      /^it is not the clone that wizard made$/,
    ],
    [
      'a clone without an origin',
      (path) => git(path, ['remote', 'remove', 'origin']),
      /^it is not the clone that wizard made$/,
    ],
    ['an untracked file', (path) => writeFileSync(join(path, 'a.txt'), ''), /a\.txt/],
    [
      'a clone that cannot be read',
      (path) => writeFileSync(join(path, '.git', 'HEAD'), 'damaged'),
      /HEAD/,
    ],
    [
      'a folder that a link leads out of the root',
      (path) => {
        const outside = join(temporaryFolder(), 'library')
        renameSync(join(path, '..'), outside)
        symlinkSync(outside, join(path, '..'))
      },
      /library/,
    ],
  ])('keeps %s, and says why', async (_what, change, why) => {
    const opened = await open()
    const path = await cloned(opened, 'uDOS/typo')
    change(path)
    const { clones } = await pruned(opened)
    expect(clones).toMatchObject([{ action: 'kept', trash: null }])
    expect(clones[0]?.reasons.join()).toMatch(why)
    expect(existsSync(path)).toBe(true)
  })

  it.each<[string, object, string, string | null]>([
    ['its entry still means it', { from: 'ollama' }, 'OLLAMA', 'GitHub no longer lists it'],
    ['its entry excludes it by now', { from: 'ollama', exclude: ['go*'] }, 'ollama', null],
    ['its entry is gone', { from: 'ollama' }, 'uDOS', null],
    ['a listing fails', { from: 'nobody' }, 'uDOS', 'nobody could not be listed'],
  ])('of a listed repository: %s', async (_when, entry, source, why) => {
    const opened = await open({ models: [entry] })
    await cloned(opened, 'ollama/gone', { source })
    const { clones, failures } = await pruned(opened)
    expect(clones[0]?.action).toBe(why === null ? 'trashed' : 'kept')
    expect(clones[0]?.reasons.join()).toContain(why ?? '')
    expect(failures).toEqual('from' in entry && entry.from === 'nobody' ? ['nobody/*'] : [])
  })

  it('waits for another wizard in the root as long as it is given', async () => {
    const opened = await open()
    const path = await cloned(opened, 'uDOS/typo')
    const { clock, self } = opened.session
    const mark = join(opened.root, '.wizard', 'lock')
    const lock = await acquireLock({ clock, self }, { path: mark, command: 'REPO SYNC', wait: 0 })
    const began = clock.now()
    await expect(pruned(opened, { ...yes, lockWait: 5000 })).rejects.toMatchObject({
      code: 'LOCKED',
      hint: expect.stringContaining('wait until it ends'),
    })
    expect(clock.now() - began).toBeGreaterThanOrEqual(5000)
    expect(existsSync(path)).toBe(true)
    await lock.release()
  })
})
