import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { change, remove, rollback } from '../../src/plugins/change.js'
import { filesMissing, list } from '../../src/plugins/list.js'
import type { PluginEvent } from '../../src/plugins/session.js'
import { readLock, writeLock } from '../../src/plugins/store/lock-file.js'
import type { StorePaths } from '../../src/plugins/store/paths.js'
import { filesBelow, writeRecord } from '../../src/plugins/store/record.js'
import { writeStates } from '../../src/plugins/store/state.js'
import { verify } from '../../src/plugins/verify.js'
import type { OpenedSession } from '../support/session.js'
import { installed, lockEntry, sessionOf, temporaryRoot, textsBelow, writeTree } from './support.js'

let paths: StorePaths
let opened: OpenedSession<PluginEvent>
beforeEach(async () => {
  paths = await temporaryRoot()
  opened = await sessionOf(paths)
  await installed(paths, { typo: {}, micro: { files: { 'a.txt': 'a', 'b/c.txt': 'c' } } })
})
const at = (path: string) => join(paths.plugins, path)

describe('verify', () => {
  it.each<[string, () => Promise<unknown>, object]>([
    ['nothing', async () => {}, { status: 'ok' }],
    [
      'every difference',
      async () => {
        await appendFile(at('micro/a.txt'), 'x')
        await rm(at('micro/b/c.txt'))
        await writeFile(at('micro/mine'), '')
      },
      { status: 'changed', changed: ['a.txt'], missing: ['b/c.txt'], extra: ['mine'] },
    ],
    ['a folder that is gone', () => rm(at('micro'), { recursive: true }), { status: 'missing' }],
    [
      'a file in its place',
      async () => {
        await rm(at('micro'), { recursive: true })
        await writeFile(at('micro'), '')
      },
      { status: 'missing' },
    ],
    [
      'a record that is gone',
      () => rm(join(paths.records, 'micro.json')),
      { status: 'unknown', files: 0 },
    ],
    [
      'a record of other bytes than the lock names',
      async () => {
        const lock = readLock(paths.lockFile)
        lock.entries.set('micro', lockEntry({ sha256: 'f'.repeat(64) }))
        await writeLock(paths.lockFile, lock)
      },
      { status: 'unknown' },
    ],
  ])('tells %s', async (_what, damage, expected) => {
    await damage()
    const none = { changed: [], missing: [], extra: [], files: 2 }
    const about = { id: 'micro', version: '1.0.0', path: at('micro') }
    expect(await verify(opened.session, ['micro'])).toEqual([{ ...about, ...none, ...expected }])
  })

  it('takes all, by id, where none is named', async () => {
    const found = await verify(opened.session, [])
    expect(found.map(({ id, status }) => `${id} ${status}`)).toEqual(['micro ok', 'typo ok'])
    await expect(verify(opened.session, ['micor'])).rejects.toThrow('micor is not installed')
  })
})

describe('list', () => {
  it('is by id, with what is known of each, and sends no request', async () => {
    const latest = { tag: 'v1.1.0', version: '1.1.0' }
    await writeStates(
      paths.state,
      new Map([
        ['micro', { enabled: false, pinned: true, latest }],
        ['typo', { enabled: true, pinned: false, latest: { tag: 'v0.9.0', version: null } }],
      ]),
    )
    expect(await list(opened.session)).toMatchObject([
      { id: 'micro', enabled: false, pinned: true, update_available: true, warnings: [] },
      { id: 'typo', enabled: true, pinned: false, update_available: false },
    ])
  })

  it('says of which the files are missing: those need no update', async () => {
    const latest = { tag: 'v1.1.0', version: '1.1.0' }
    await writeStates(paths.state, new Map([['micro', { enabled: true, pinned: false, latest }]]))
    await rm(at('micro'), { recursive: true })
    expect((await list(opened.session))[0]).toMatchObject({
      ...{ id: 'micro', version: '1.0.0', installed_version: null, update_available: false },
      warnings: [filesMissing],
    })
  })
})

describe('change', () => {
  it('answers with the plugin as it is now, and forgets nothing', async () => {
    await change(opened.session, 'PLUGIN PIN', 'micro', { pinned: true })
    const info = await change(opened.session, 'PLUGIN DISABLE', 'micro', { enabled: false })
    expect(info).toMatchObject({ id: 'micro', repo: 'uDOS/micro', pinned: true, enabled: false })
    expect(await list(opened.session)).toMatchObject([{ enabled: false }, { enabled: true }])
  })
})

describe('remove', () => {
  it('moves changed files to the trash, and says where', async () => {
    await writeFile(at('micro/mine.txt'), 'mine')
    expect(await remove(opened.session, 'micro')).toMatchObject({ installed_version: null })
    const trash = join(paths.trash, '20260114T120000Z/plugins/micro')
    expect(await textsBelow(trash)).toEqual({ 'a.txt': 'a', 'b/c.txt': 'c', 'mine.txt': 'mine' })
    expect(opened.warnings()).toEqual([`changed files of a plugin were moved to ${trash}`])
    expect(opened.lines).toEqual(['✅ plugin micro removed'])
  })

  it('forgets a plugin whose files are gone, and touches no other', async () => {
    await rm(at('micro'), { recursive: true })
    await remove(opened.session, 'micro')
    expect((await list(opened.session)).map(({ id }) => id)).toEqual(['typo'])
    expect(opened.warnings()).toEqual([])
    await expect(remove(opened.session, 'micro')).rejects.toMatchObject({
      code: 'GITHUB_NOT_FOUND',
    })
  })
})

describe('rollback', () => {
  const previous = () => join(paths.previous, 'micro', 'tree')
  beforeEach(async () => {
    await writeTree(previous(), { 'a.txt': 'old' })
    const entry = lockEntry({ tag: 'v0.9.0', sha256: 'd'.repeat(64) })
    await mkdir(dirname(previous()), { recursive: true })
    const record = join(dirname(previous()), 'record.json')
    await writeRecord(record, { entry, files: await filesBelow(previous()) })
  })

  it('puts the version before in place, and a second one undoes it', async () => {
    expect(await rollback(opened.session, 'micro')).toMatchObject({ tag: 'v0.9.0' })
    expect(await textsBelow(at('micro'))).toEqual({ 'a.txt': 'old' })
    expect(await rollback(opened.session, 'micro')).toMatchObject({ tag: 'v1.0.0' })
    expect(await textsBelow(at('micro'))).toEqual({ 'a.txt': 'a', 'b/c.txt': 'c' })
  })

  it.each<[string, () => Promise<unknown>, string]>([
    ['is gone', () => rm(previous(), { recursive: true }), 'no previous version of'],
    ['was changed', () => writeFile(join(previous(), 'a.txt'), 'x'), 'were changed'],
    ['has no record', () => rm(join(previous(), '..', 'record.json')), 'no previous version of'],
  ])('changes nothing where the version before %s', async (_what, damage, why) => {
    await damage()
    const before = await readFile(paths.lockFile, 'utf8')
    await expect(rollback(opened.session, 'micro')).rejects.toThrow(why)
    expect(await readFile(paths.lockFile, 'utf8')).toBe(before)
    expect(await textsBelow(at('micro'))).toEqual({ 'a.txt': 'a', 'b/c.txt': 'c' })
  })
})
