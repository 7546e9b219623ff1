import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { ConflictError } from '../../../src/base/errors.js'
import {
  applyJournal,
  clearStaging,
  type PluginJournal,
  recoverStore,
  workName,
} from '../../../src/plugins/store/journal.js'
import { readLock } from '../../../src/plugins/store/lock-file.js'
import type { StorePaths } from '../../../src/plugins/store/paths.js'
import { readRecord } from '../../../src/plugins/store/record.js'
import { lockEntry, stageVersion, temporaryRoot, textsBelow } from '../support.js'

const time = '20260114T120000Z'
const one = { 'main.txt': 'one' }
const two = { 'main.txt': 'two', 'new.txt': 'new' }
const entryTwo = lockEntry({ tag: 'v2.0.0', version: '2.0.0', sha256: 'c'.repeat(64) })

let paths: StorePaths
beforeEach(async () => {
  paths = await temporaryRoot()
})

const place = () => join(paths.plugins, 'micro')
const install = async (work: string, files: Record<string, string>, entry = lockEntry()) => {
  await stageVersion(paths, work, { entry, files })
  return applyJournal(paths, { id: 'micro', work, entry }, time)
}
async function remove(): Promise<string[]> {
  await mkdir(join(paths.staging, 'gone'), { recursive: true })
  return applyJournal(paths, { id: 'micro', work: 'gone', entry: null }, time)
}
const lockedTag = () => readLock(paths.lockFile).entries.get('micro')?.tag
const previous = () => textsBelow(join(paths.previous, 'micro', 'tree'))

describe('applyJournal', () => {
  it('puts a first version in its place, with its record and its line in the lock', async () => {
    expect(await install('w1', one)).toEqual([])
    expect(await textsBelow(place())).toEqual(one)
    expect(lockedTag()).toBe('v1.0.0')
    expect((await readRecord(join(paths.records, 'micro.json')))?.files).toHaveLength(1)
    expect([existsSync(paths.journal), await previous()]).toEqual([false, null])
    expect(await readdir(paths.staging)).toEqual([])
  })

  it('keeps the version before, and drops the one before that', async () => {
    await install('w1', one)
    await install('w2', two, entryTwo)
    expect([await textsBelow(place()), await previous(), lockedTag()]).toEqual([two, one, 'v2.0.0'])
    await install('w3', { 'main.txt': 'three' })
    expect(await previous()).toEqual(two)
    expect(existsSync(paths.trash)).toBe(false)
  })

  it('removes a plugin, with the version before', async () => {
    await install('w1', one)
    await install('w2', two, entryTwo)
    expect(await remove()).toEqual([])
    expect([existsSync(place()), await previous(), lockedTag()]).toEqual([false, null, undefined])
    expect(await readdir(paths.records)).toEqual([])
  })

  it('moves to the trash what somebody changed, wherever it was', async () => {
    await install('w1', one)
    await writeFile(join(place(), 'mine.txt'), 'mine')
    await install('w2', two, entryTwo)
    // It is the previous version, for as long as that is kept.
    expect(await previous()).toEqual({ ...one, 'mine.txt': 'mine' })
    const kept = await install('w3', { 'main.txt': 'three' })
    expect(kept).toEqual([join(paths.trash, time, 'plugins', 'micro')])
    expect(await textsBelow(kept[0] ?? '')).toEqual({ ...one, 'mine.txt': 'mine' })
    await writeFile(join(place(), 'main.txt'), 'changed')
    expect(await remove()).toEqual([`${kept[0]}-2`])
    expect(await textsBelow(`${kept[0]}-2`)).toEqual({ 'main.txt': 'changed' })
  })

  it('leaves all as it was where nothing can be moved', async () => {
    await install('w1', one)
    // There is no folder to move it to.
    const removed = applyJournal(paths, { id: 'micro', work: 'none', entry: null }, time)
    await expect(removed).rejects.toThrow('ENOENT')
    expect([await textsBelow(place()), lockedTag()]).toEqual([one, 'v1.0.0'])
    expect(existsSync(paths.journal)).toBe(false)
  })
})

/** The states that a kill may leave of an update, by the last completed step. */
const steps: [string, (staged: string) => Promise<unknown>][] = [
  ['the journal alone', async () => {}],
  ['the old one moved out', (staged) => rename(place(), join(staged, 'old'))],
  ['the new one moved in', (staged) => rename(join(staged, 'new'), place())],
  ['the old record moved out', (staged) => rename(record(), join(staged, 'old.json'))],
  ['the new record moved in', (staged) => rename(join(staged, 'new.json'), record())],
  [
    'the old one kept apart',
    async (staged) => {
      await mkdir(join(staged, 'kept'))
      await rename(join(staged, 'old'), join(staged, 'kept', 'tree'))
    },
  ],
  [
    'its record too',
    (staged) => rename(join(staged, 'old.json'), join(staged, 'kept', 'record.json')),
  ],
  [
    'the one before it dropped',
    (staged) => rename(join(paths.previous, 'micro'), join(staged, 'dropped')),
  ],
  ['all but the journal', (staged) => rename(join(staged, 'kept'), join(paths.previous, 'micro'))],
]
const record = () => join(paths.records, 'micro.json')

describe('recover finishes an update that was killed after', () => {
  it.each(steps.map(([name], index) => [name, index + 1] as const))('%s', async (_name, count) => {
    await install('w0', { 'main.txt': 'zero' })
    await install('w1', one)
    await stageVersion(paths, 'w2', { entry: entryTwo, files: two })
    const journal: PluginJournal = { id: 'micro', work: 'w2', entry: entryTwo }
    await writeFile(paths.journal, JSON.stringify(journal))
    for (const [, step] of steps.slice(0, count)) await step(join(paths.staging, 'w2'))
    await writeFile(`${paths.lockFile}.new`, 'half')
    expect(await recoverStore(paths, time)).toEqual([])
    expect([await textsBelow(place()), await previous(), lockedTag()]).toEqual([two, one, 'v2.0.0'])
    expect((await readRecord(record()))?.entry).toEqual(entryTwo)
    expect([existsSync(paths.journal), existsSync(paths.staging)]).toEqual([false, false])
    expect(await readdir(paths.plugins)).toEqual(['.wizard', 'micro', 'plugins.lock.json'])
  })
})

describe('recover', () => {
  it('finishes a removal, and keeps what somebody changed', async () => {
    await install('w1', one)
    await writeFile(join(place(), 'mine.txt'), 'mine')
    await mkdir(join(paths.staging, 'w2'), { recursive: true })
    await writeFile(paths.journal, JSON.stringify({ id: 'micro', work: 'w2', entry: null }))
    await rename(place(), join(paths.staging, 'w2', 'old'))
    const [kept = ''] = await recoverStore(paths, time)
    expect(await textsBelow(kept)).toEqual({ ...one, 'mine.txt': 'mine' })
    expect([existsSync(place()), lockedTag()]).toEqual([false, undefined])
  })

  it('takes no half-deleted plugin for changed files', async () => {
    await install('w1', { ...one, 'b.txt': 'b' })
    const staged = join(paths.staging, 'w2')
    await mkdir(staged, { recursive: true })
    await writeFile(paths.journal, JSON.stringify({ id: 'micro', work: 'w2', entry: null }))
    await rename(place(), join(staged, 'gone'))
    await rename(record(), join(staged, 'old.json'))
    await rm(join(staged, 'gone', 'b.txt'))
    expect(await recoverStore(paths, time)).toEqual([])
    expect([lockedTag(), existsSync(paths.staging)]).toEqual([undefined, false])
  })

  it('removes what was being built, where nothing was begun', async () => {
    await stageVersion(paths, 'w1', { files: one })
    expect(await recoverStore(paths, time)).toEqual([])
    expect([existsSync(paths.staging), existsSync(place())]).toEqual([false, false])
  })

  it('does nothing where there is nothing, and nothing twice', async () => {
    await install('w1', one)
    const before = await textsBelow(paths.plugins)
    await recoverStore(paths, time)
    await recoverStore(paths, time)
    expect(await textsBelow(paths.plugins)).toEqual(before)
  })

  it.each([
    ['{"id":', 'cut'],
    [JSON.stringify({ id: '../evil', work: 'w1', entry: null }), 'an id that leads out'],
    [JSON.stringify({ id: 'micro', work: '../../x', entry: null }), 'a folder that leads out'],
    [JSON.stringify({ id: 'micro', work: 'w1', entry: { repo: 'x' } }), 'half an entry'],
  ])('refuses a journal that is damaged, and touches nothing: %s', async (text) => {
    await install('w1', one)
    await mkdir(paths.staging, { recursive: true })
    await writeFile(paths.journal, text)
    await expect(recoverStore(paths, time)).rejects.toThrow(ConflictError)
    await expect(recoverStore(paths, time)).rejects.toThrow('the interrupted change is unknown')
    expect([await textsBelow(place()), await readFile(paths.journal, 'utf8')]).toEqual([one, text])
  })

  it('refuses where something was put there meanwhile, and finishes when it is gone', async () => {
    await install('w1', one)
    await stageVersion(paths, 'w2', { entry: entryTwo, files: two })
    await writeFile(paths.journal, JSON.stringify({ id: 'micro', work: 'w2', entry: entryTwo }))
    await rename(place(), join(paths.staging, 'w2', 'old'))
    await cp(join(paths.staging, 'w2', 'old'), place(), { recursive: true })
    await expect(recoverStore(paths, time)).rejects.toThrow(
      'something else appeared there in the meantime',
    )
    expect(await textsBelow(place())).toEqual(one)
    await rm(place(), { recursive: true })
    await recoverStore(paths, time)
    expect([await textsBelow(place()), lockedTag()]).toEqual([two, 'v2.0.0'])
  })
})

it('clearStaging leaves what a journal still needs', async () => {
  await stageVersion(paths, 'w1', { files: one })
  await writeFile(paths.journal, '{}')
  await clearStaging(paths)
  expect(await readdir(paths.staging)).toEqual(['w1'])
  await rm(paths.journal)
  await clearStaging(paths)
  expect(existsSync(paths.staging)).toBe(false)
})

it('a folder of its own has no path in its name', () => {
  expect([workName('micro', '0a1b'), workName('a/b', 'c')]).toEqual(['micro-0a1b', 'b-c'])
})
