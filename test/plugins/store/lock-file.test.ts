import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../../../src/base/errors.js'
import { readLock, toLockEntry, writeLock } from '../../../src/plugins/store/lock-file.js'
import { lockEntry, temporaryRoot } from '../support.js'

let path: string
beforeEach(async () => {
  const paths = await temporaryRoot()
  await mkdir(paths.plugins)
  path = paths.lockFile
})

describe('toLockEntry', () => {
  it('takes what was written, and keeps what is not known', () => {
    expect(toLockEntry(lockEntry())).toEqual(lockEntry())
    expect(toLockEntry({ ...lockEntry(), later: [1] })).toEqual({ ...lockEntry(), later: [1] })
  })

  it('takes a shorter one, as an older wizard wrote it', () => {
    const { repo, tag, commit, source, address, sha256, size, installed_at } = lockEntry()
    const least = { repo, tag, commit, source, address, sha256, size, installed_at }
    const signing = { repository_id: null, signed_by: null, signed_whole: false }
    const none = { version: null, template: null, asset: null, ...signing }
    const about = { name: null, description: null, category: null, license: null, warnings: [] }
    expect(toLockEntry(least)).toEqual({ ...least, ...none, ...about })
  })

  it.each<[string, unknown]>([
    ['repo', 'micro'],
    ['repo', '../micro'],
    ['repo', 7],
    ['version', 7],
    ['tag', ''],
    ['commit', 'a'.repeat(39)],
    ['commit', 'HEAD'],
    ['source', 'npm'],
    ['asset', []],
    ['address', null],
    ['sha256', 'B'.repeat(64)],
    ['sha256', 'b'.repeat(63)],
    ['size', -1],
    ['size', 1.5],
    ['size', '3'],
    ['installed_at', undefined],
    ['signed_by', false],
    ['warnings', ['x', 1]],
    ['warnings', 'x'],
  ])('names what is wrong: %s: %j', (key, value) => {
    expect(toLockEntry({ ...lockEntry(), [key]: value })).toBe(key)
  })

  it.each([[null], [[]], ['x'], [undefined]])('takes %j for none', (value) => {
    expect(toLockEntry(value)).toBe('')
  })
})

describe('plugins.lock.json', () => {
  it('that is not there is empty', () => {
    expect(readLock(path)).toEqual({ entries: new Map(), rest: {} })
  })

  it('is written in the order of ids, with all that others put there', async () => {
    const entries = new Map([
      ['zed', lockEntry({ repo: 'uDOS/zed' })],
      ['micro', lockEntry()],
    ])
    await writeLock(path, { entries, rest: { note: 'ours' } })
    const text = await readFile(path, 'utf8')
    expect(text).toMatch(
      /^\{\n {2}"note": "ours",\n {2}"version": 1,\n {2}"plugins": \{\n {4}"micro"/,
    )
    expect(text.endsWith('}\n')).toBe(true)
    const read = readLock(path)
    expect([[...read.entries.keys()], read.rest]).toEqual([['micro', 'zed'], { note: 'ours' }])
    expect(read.entries.get('zed')).toEqual(entries.get('zed'))
  })

  it.each([
    ['', 'it ends too early'],
    ['[]', 'expected an object'],
    ['{"plugins":{}}', 'version: expected 1'],
    ['{"version":2,"plugins":{}}', 'version: expected 1'],
    ['{"version":1,"plugins":[]}', 'plugins: expected an object'],
    ['{"version":1,"plugins":{"..":{}}}', 'plugins... is not the name of a plugin'],
    ['{"version":1,"plugins":{"con":{}}}', 'plugins.con is not the name of a plugin'],
    ['{"version":1,"plugins":{"a":7}}', 'plugins.a: missing or invalid'],
    ['{"version":1,"plugins":{"a":{}}}', 'plugins.a.repo: missing or invalid'],
  ])('that is damaged is an error with its place: %s', async (text, what) => {
    await writeFile(path, text)
    expect(() => readLock(path)).toThrow(ConfigError)
    expect(() => readLock(path)).toThrow(what)
    expect(() => readLock(path)).toThrow(path)
  })

  it('in whose place is a folder is an error', async () => {
    await mkdir(path)
    expect(() => readLock(path)).toThrow('expected a file, found a folder')
  })
})
