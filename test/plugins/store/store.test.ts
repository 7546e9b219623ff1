import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { PluginEvent, PluginSession } from '../../../src/plugins/session.js'
import type { StorePaths } from '../../../src/plugins/store/paths.js'
import { readStore } from '../../../src/plugins/store/state.js'
import { notInstalled, type PluginStore } from '../../../src/plugins/store/store.js'
import { underPluginLock } from '../../../src/plugins/store/under-lock.js'
import { acquireLock } from '../../../src/process/lock.js'
import { temporaryFolder } from '../../git/support/real-git.js'
import type { OpenedSession } from '../../support/session.js'
import {
  installed,
  lockEntry,
  sessionOf,
  temporaryRoot,
  textsBelow,
  writeTree,
} from '../support.js'

let paths: StorePaths
let opened: OpenedSession<PluginEvent>
let session: PluginSession
beforeEach(async () => {
  paths = await temporaryRoot()
  opened = await sessionOf(paths)
  session = opened.session
  await installed(paths, { micro: {}, typo: {} })
})

const at = (id: string) => join(paths.plugins, id)
const within = <T>(work: (store: PluginStore) => Promise<T>) =>
  underPluginLock(session, 'PLUGIN TEST', work)

async function put(store: PluginStore, id: string, text: string): Promise<void> {
  const { work, tree } = await store.newTree(id)
  await writeTree(tree, { 'main.txt': text })
  await store.putInPlace(id, work, lockEntry({ tag: text, sha256: 'c'.repeat(64) }))
}

describe('a version that is put in place', () => {
  it('keeps the one before it, and only that', async () => {
    await within(async (store) => {
      expect(await store.hasPrevious('micro')).toBe(false)
      for (const text of ['v2', 'v3']) await put(store, 'micro', text)
      expect(await store.hasPrevious('micro')).toBe(true)
      expect(store.entry('micro').tag).toBe('v3')
      const { tree, record } = store.previousOf('micro')
      expect(await textsBelow(tree)).toEqual({ 'main.txt': 'v2' })
      expect((await record)?.entry.tag).toBe('v2')
    })
    expect(await textsBelow(at('micro'))).toEqual({ 'main.txt': 'v3' })
    expect([existsSync(paths.staging), existsSync(paths.journal)]).toEqual([false, false])
    expect(opened.warnings()).toEqual([])
  })

  it('says where changed files are, and keeps them', async () => {
    await writeFile(join(at('micro'), 'mine.txt'), 'mine')
    const place = join(paths.previous, 'micro', 'tree')
    await within((store) => put(store, 'micro', 'v2'))
    expect(opened.warnings()).toEqual([`changed files of a plugin were moved to ${place}`])
    expect(await textsBelow(place)).toMatchObject({ 'mine.txt': 'mine' })
  })
})

describe('the place of a plugin', () => {
  const assertOurs = (id: string) => within((store) => store.assertOurs(id))

  it.each<[string, string, () => Promise<unknown>]>([
    ['nothing', 'new', async () => {}],
    ['the plugin', 'micro', async () => {}],
    ['an empty folder, which goes', 'new', () => mkdir(at('new'))],
  ])('may hold %s', async (_what, id, prepare) => {
    await prepare()
    await assertOurs(id)
    expect(existsSync(at('new'))).toBe(false)
  })

  it.each<[string, string, () => Promise<unknown>, string]>([
    [
      'a folder of somebody',
      'new',
      () => writeTree(at('new'), { a: 'mine' }),
      'wizard did not install it',
    ],
    ['a file', 'new', () => writeFile(at('new'), 'mine'), 'wizard did not install it'],
    [
      'another plugin, to some file systems',
      'MICRO',
      async () => {},
      'MICRO and micro are the same',
    ],
    ['a link out of the root', 'new', () => symlink(temporaryFolder(), at('new')), 'symbolic link'],
  ])('may not hold %s', async (_what, id, prepare, why) => {
    await prepare()
    const before = await readdir(paths.plugins)
    await expect(assertOurs(id)).rejects.toThrow(why)
    expect(await readdir(paths.plugins)).toEqual(before)
  })

  it.each(['staging', 'previous', 'records', 'cache'] as const)(
    'is not used where wizard’s own %s is a link',
    async (name) => {
      await rm(paths[name], { recursive: true, force: true })
      await mkdir(paths.own, { recursive: true })
      await symlink(temporaryFolder(), paths[name])
      await expect(within(async () => {})).rejects.toThrow(`${paths[name]} is a symbolic link`)
    },
  )
})

describe('the lock of plugins', () => {
  it('is waited for, for a minute', async () => {
    const { clock, self } = session
    const lock = await acquireLock(
      { clock, self },
      { path: paths.mark, command: 'PLUGIN UPDATE', wait: 0 },
    )
    await expect(within(async () => {})).rejects.toMatchObject({
      code: 'LOCKED',
      message: expect.stringContaining('PLUGIN UPDATE'),
    })
    expect(opened.clock.seconds()).toBeGreaterThanOrEqual(60)
    await lock.release()
    await within(async () => {})
  })

  it('is given back after a failure, and what was built is gone', async () => {
    const failing = within(async (store) => {
      await mkdir((await store.newTree('micro')).tree)
      throw new Error('in the middle')
    })
    await expect(failing).rejects.toThrow('in the middle')
    expect([existsSync(paths.mark), existsSync(paths.staging)]).toEqual([false, false])
  })
})

describe('what is known of a plugin', () => {
  it('is written only where it changes', async () => {
    await within((store) => store.change('micro', { enabled: true }))
    expect(existsSync(paths.state)).toBe(false)
    await within((store) => store.change('micro', { pinned: true }))
    await within((store) => store.change('micro', { enabled: false }))
    expect(readStore(session).states.get('micro')).toEqual({
      ...{ enabled: false, pinned: true, latest: null },
    })
  })

  it('goes with it', async () => {
    await within(async (store) => {
      await store.change('micro', { pinned: true })
      await store.remove('micro')
      expect(store.stateOf('micro').pinned).toBe(false)
      expect(() => store.entry('micro')).toThrow('micro is not installed')
    })
    expect(await textsBelow(at('micro'))).toBeNull()
    expect([...readStore(session).lock.entries.keys()]).toEqual(['typo'])
  })
})

it.each([
  ['mikro', ['micro', 'typo'], /micro/],
  ['other', ['micro', 'typo'], /^installed: micro, typo$/],
  ['micro', [], /^no plugins are installed$/],
])('%s is not among %j', (id, known, hint) => {
  const error = notInstalled(id, known)
  expect(error.message).toBe(`${id} is not installed`)
  expect(error.hint).toMatch(hint)
})
