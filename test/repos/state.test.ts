import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { SyncState } from '../../src/repos/state.js'

let root: string
let told: string[]
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'wizard-state-'))
  told = []
  onTestFinished(() => rm(root, { recursive: true, force: true }))
})

const open = () => SyncState.open(root, (message) => told.push(message))
const file = () => join(root, '.wizard', 'state.json')
const entryWith = (more: object) => ({
  version: 1,
  repositories: { one: { repo: 'uDOS/one', last_attempt: null, last_pull: null, ...more } },
})

describe('the state', () => {
  it('holds, once a save is done, whatever was remembered before it was asked for', async () => {
    const state = await open()
    const held = Array.from({ length: 40 }, async (_, index) => {
      state.update(join(root, `library/${index}`), { repo: `uDOS/${index}`, made: true })
      await state.save()
      const text = await readFile(file(), 'utf8')
      return Object.keys(JSON.parse(text).repositories).includes(`library/${index}`)
    })
    expect(await Promise.all(held)).toEqual(held.map(() => true))
    expect((await open()).get(join(root, 'library/7'))).toMatchObject({ made: true })
    expect(((await stat(file())).mode & 0o777).toString(8)).toBe('600')
    expect(told).toEqual([])
  })

  it('saves again after a save', async () => {
    const state = await open()
    for (const repo of ['uDOS/one', 'uDOS/two']) {
      state.update(join(root, repo), { repo })
      await state.save()
    }
    expect((await open()).entries().map(([, { repo }]) => repo)).toEqual(['uDOS/one', 'uDOS/two'])
  })

  it('is set aside, and that is told, where it is damaged', async () => {
    await (await open()).save()
    const lost = { version: 1, repositories: { one: { repo: 'uDOS/one', last_pull: 1e300 } } }
    for (const text of ['{"version":1,', JSON.stringify(lost)]) {
      await writeFile(file(), text)
      const state = await open()
      expect(state.entries()).toEqual([])
      expect(told.splice(0)).toEqual([
        `${file()} is damaged, so the times of the last pulls are lost; it is kept as ${file()}.damaged`,
      ])
      expect(await readFile(file(), 'utf8')).toBe(text)
      await state.save()
      expect(await readFile(`${file()}.damaged`, 'utf8')).toBe(text)
      expect((await open()).entries()).toEqual([])
      expect(told).toEqual([])
    }
  })

  it('that cannot be read is an error: its ids guard against a repository under a taken name', async () => {
    await mkdir(join(root, '.wizard'))
    await symlink('state.json', file())
    await expect(open()).rejects.toMatchObject({ code: 'ELOOP' })
  })

  it('that cannot be written is told, and no failure', async () => {
    await writeFile(join(root, '.wizard'), 'a file in its place')
    await (await open()).save()
    expect(told.some((message) => message.startsWith(`${file()} can't be written`))).toBe(true)
  })

  it('leaves out a warning that another version knew', async () => {
    await (await open()).save()
    await writeFile(file(), JSON.stringify(entryWith({ warnings: ['eol', 'lfs'] })))
    expect((await open()).entries()).toMatchObject([[expect.anything(), { warnings: ['lfs'] }]])
  })

  it.each<[string, unknown]>([
    ['an empty file', ''],
    ['a list', []],
    ['another version', { version: 2, repositories: {} }],
    ['no repositories', { version: 1 }],
    ['a repository without a name', { version: 1, repositories: { one: {} } }],
    ['a time before 1970', entryWith({ last_attempt: -1 })],
    ['a time as text', entryWith({ last_pull: '2026-01-14' })],
    ['a warning that is no text', entryWith({ warnings: [1] })],
    ['made in words', entryWith({ made: 'yes' })],
  ])('that holds %s counts as unreadable', async (_what, content) => {
    await (await open()).save()
    await writeFile(file(), typeof content === 'string' ? content : JSON.stringify(content))
    expect((await open()).entries()).toEqual([])
    expect(told).toHaveLength(1)
  })

  it('gives what an older file left out its usual value, and drops what it does not know', async () => {
    await (await open()).save()
    await writeFile(
      file(),
      JSON.stringify({ ...entryWith({ last_pull: undefined, later: 1 }), since: 3 }),
    )
    expect((await open()).get(join(root, 'one'))).toEqual({
      ...{ repo: 'uDOS/one', id: null, source: null, made: false, uses_lfs: null },
      ...{ last_attempt: null, last_pull: null, warnings: [] },
    })
    expect(told).toEqual([])
  })

  it('keeps what an update does not name, and forgets only what it is given', async () => {
    const state = await open()
    const [one, two] = [join(root, 'one'), join(root, 'two')]
    state.update(one, { repo: 'uDOS/one', id: 7, made: true, warnings: ['lfs'] })
    state.update(one, { repo: 'uDOS/new', last_pull: 5 })
    state.update(two, { repo: 'uDOS/two' })
    expect(state.get(one)).toMatchObject({
      ...{ repo: 'uDOS/new', id: 7, made: true, warnings: ['lfs'], last_pull: 5 },
    })
    state.forget(one)
    state.forget(join(root, 'none'))
    expect(state.entries().map(([path]) => path)).toEqual([two])
  })

  it('moves with its root: paths in it are relative', async () => {
    const state = await open()
    state.update(join(root, 'library/one'), { repo: 'uDOS/one' })
    await state.save()
    const moved = await mkdtemp(join(tmpdir(), 'wizard-state-'))
    onTestFinished(() => rm(moved, { recursive: true, force: true }))
    await cp(root, moved, { recursive: true })
    const there = await SyncState.open(moved, (message) => told.push(message))
    expect(there.entries().map(([path]) => path)).toEqual([join(moved, 'library/one')])
  })
})
